use std::fmt;

/// A number with its unit.
#[derive(Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) value: f64,
    unit: &'static str,
}

impl Figure {
    pub(crate) fn new(value: f64, unit: &'static str) -> Self {
        Self { value, unit }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, unit } = self;
        // Three digits tell all that a measurement knows.
        let digits = match value {
            value if value.fract() == 0.0 => 0,
            value if *value < 10.0 => 2,
            value if *value < 100.0 => 1,
            _ => 0,
        };
        f.pad(format!("{value:.digits$} {unit}").trim_end())
    }
}
