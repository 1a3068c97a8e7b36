use std::time::Duration;

/// The wall clock of a shard: what the test has done to it, and beside that what chaos has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WallClocks {
    pub(crate) by_test: WallClock,
    pub(crate) by_chaos: WallClock,
    /// Whether it was read while chaos had it wrong.
    pub(crate) misread: bool,
}

impl WallClocks {
    pub(crate) const RIGHT: Self = Self {
        by_test: WallClock::RIGHT,
        by_chaos: WallClock::RIGHT,
        misread: false,
    };

    /// By how much it is wrong so long after the test began, and whether it is ahead.
    pub(crate) fn error(&self, elapsed: Duration) -> (bool, Duration) {
        signed(self.by_test.nanos(elapsed) + self.by_chaos.nanos(elapsed))
    }

    /// The same for who reads it.
    pub(crate) fn read(&mut self, elapsed: Duration) -> (bool, Duration) {
        self.misread |= self.by_chaos.nanos(elapsed) != 0;
        self.error(elapsed)
    }

    /// Its speed in millionths of the true one, unless it has that.
    pub(crate) fn drift(&self) -> Option<u64> {
        let speed = (self.by_test.speed + self.by_chaos.speed).saturating_sub(MILLION);
        (speed != MILLION).then_some(speed)
    }
}

fn signed(nanos: i128) -> (bool, Duration) {
    let long = u64::try_from(nanos.unsigned_abs()).unwrap_or(u64::MAX);
    (nanos >= 0, Duration::from_nanos(long))
}

/// How wrong a clock is, and how fast it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WallClock {
    /// What it was set to, in nanoseconds ahead of the true time.
    error: i128,
    /// What drifts have gathered until `since`, likewise.
    gathered: i128,
    /// How fast it runs, in millionths of the true speed.
    speed: u64,
    /// Since when, on the clock of the test.
    since: Duration,
}

const MILLION: u64 = 1_000_000;

impl WallClock {
    pub(crate) const RIGHT: Self = Self {
        error: 0,
        gathered: 0,
        speed: MILLION,
        since: Duration::ZERO,
    };

    /// By how much it is ahead so long after the test began, in nanoseconds.
    fn nanos(&self, elapsed: Duration) -> i128 {
        self.error + self.gathered_by(elapsed)
    }

    /// To how many nanoseconds ahead, or behind, it was set, if it was.
    pub(crate) fn set_to(&self) -> Option<(bool, u64)> {
        let nanos = u64::try_from(self.error.unsigned_abs()).unwrap_or(u64::MAX);
        (self.error != 0).then_some((self.error > 0, nanos))
    }

    /// Its speed in millionths of the true one, unless it has that.
    pub(crate) fn drift(&self) -> Option<u64> {
        (self.speed != MILLION).then_some(self.speed)
    }

    pub(crate) fn is_right(&self) -> bool {
        (self.error, self.gathered, self.speed) == (0, 0, MILLION)
    }

    fn gathered_by(&self, elapsed: Duration) -> i128 {
        let elapsed = elapsed.saturating_sub(self.since).as_nanos();
        let elapsed = i128::try_from(elapsed).unwrap_or(i128::MAX);
        let excess = i128::from(self.speed) - i128::from(MILLION);
        self.gathered + elapsed.saturating_mul(excess) / i128::from(MILLION)
    }

    pub(crate) fn set(&mut self, ahead: bool, error: Duration) {
        let nanos = i128::try_from(error.as_nanos()).unwrap_or(i128::MAX);
        self.error = if ahead { nanos } else { -nanos };
    }

    /// From now on it runs at this speed; what it has gathered stays.
    pub(crate) fn set_speed(&mut self, millionths: u64, elapsed: Duration) {
        self.gathered = self.gathered_by(elapsed);
        (self.speed, self.since) = (millionths, elapsed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drift_gathers_and_what_is_set_is_beside_it() {
        let s = Duration::from_secs;
        let mut clocks = WallClocks::RIGHT;
        assert_eq!(clocks.error(s(100)), (true, s(0)));
        clocks.by_test.set_speed(900_000, s(100));
        assert_eq!(clocks.error(s(110)), (false, s(1)));
        clocks.by_test.set(true, s(5));
        assert_eq!(clocks.error(s(110)), (true, s(4)));
        clocks.by_test.set_speed(2_000_000, s(110));
        assert_eq!(clocks.error(s(111)), (true, s(5)));
        clocks.by_test.set_speed(1_000_000, s(111));
        assert_eq!(clocks.error(s(500)), (true, s(5)));
        assert_eq!(clocks.drift(), None);
        clocks.by_test.set_speed(0, s(500));
        assert_eq!(clocks.error(s(600)), (false, s(95)));
        clocks.by_chaos.set(true, s(100));
        assert_eq!(clocks.read(s(600)), (true, s(5)));
        assert!(clocks.misread);
        clocks.by_chaos = WallClock::RIGHT;
        assert_eq!(clocks.error(s(600)), (false, s(95)));
    }
}
