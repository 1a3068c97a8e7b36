/// What something took, round by round.
pub(crate) struct Samples(Vec<f64>);

impl FromIterator<f64> for Samples {
    fn from_iter<T: IntoIterator<Item = f64>>(rounds: T) -> Self {
        Self(rounds.into_iter().collect())
    }
}

impl Samples {
    #[allow(dead_code, reason = "not every bench compares so")]
    pub(crate) fn median(&self) -> f64 {
        median(self.0.clone())
    }

    /// How much more than `other` this took: the median over the rounds.
    #[allow(dead_code, reason = "not every bench compares so")]
    pub(crate) fn above(&self, other: &Self) -> f64 {
        let rounds = self.0.iter().zip(&other.0);
        median(rounds.map(|(own, other)| own - other).collect())
    }

    /// How many times what `other` took this took: the median over the rounds, in each of which
    /// both ran on the same machine in the same mood.
    pub(crate) fn relative_to(&self, other: &Self) -> f64 {
        let rounds = self.0.iter().zip(&other.0);
        median(rounds.map(|(own, other)| own / other).collect())
    }
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_unstable_by(f64::total_cmp);
    samples[samples.len() / 2]
}
