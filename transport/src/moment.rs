use std::fmt;
use std::time::Duration;

/// A moment of the test's clock in milliseconds, as reports show it: `1.2s`.
pub(crate) struct Moment(pub(crate) u64);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.pad("0s"),
            millis => f.pad(&format!("{:?}", Duration::from_millis(millis))),
        }
    }
}
