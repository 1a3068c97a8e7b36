//! The table that a bench prints: one row as soon as it is known.

mod bound;
mod figure;

pub(crate) use bound::Bound;
pub(crate) use figure::Figure;

/// One thing that was measured, beside what it is compared with.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) baseline: Option<Figure>,
    pub(crate) figure: Option<Figure>,
    pub(crate) ratio: Option<f64>,
    pub(crate) bound: Bound,
}

impl Row {
    pub(crate) fn print(&self) {
        let figure = |figure: &Option<Figure>| figure.as_ref().map_or_else(dash, Figure::to_string);
        println!(
            "  {:<46} {:>10} {:>10} {:>7}   {:<11} {}",
            self.what,
            figure(&self.baseline),
            figure(&self.figure),
            self.ratio.map_or_else(dash, |ratio| format!("{ratio:.2}")),
            self.bound.to_string(),
            self.bound.verdict(self.ratio, self.figure.as_ref()),
        );
    }
}

fn dash() -> String {
    "–".to_owned()
}

/// Begins a part of the table whose rows compare `figure` with `baseline`.
pub(crate) fn heading(title: &str, baseline: &str, figure: &str, ratio: &str) {
    println!("\n{title:<48} {baseline:>10} {figure:>10} {ratio:>7}   bound");
}
