//! Numbers of which each order of magnitude is as likely as any other. In whole numbers throughout: the
//! logarithms of two machines may differ in their last digit, and with that a run.

use crate::decision::die::Lot;

/// A place on a logarithmic scale: 0 is one, and each [`DECADE`] is ten times as much.
pub(crate) type Place = u64;

pub(crate) const DECADE: Place = 1 << 20;

/// A thousand times the 16th root of ten, to the power of each index.
const STEPS: [u64; 17] = [
    1000, 1155, 1334, 1540, 1778, 2054, 2371, 2738, 3162, 3652, 4217, 4870, 5623, 6494, 7499, 8660,
    10000,
];

/// The place of one of so many values between two places.
pub(crate) fn place(lot: Lot, least: Place, most: Place) -> Place {
    let span = u128::from(most.saturating_sub(least));
    least + u64::try_from(lot.up_to(span)).unwrap_or_default()
}

/// The number at a place, rounded down.
pub(crate) fn number(place: Place) -> u64 {
    let (decade, rest) = (place / DECADE, place % DECADE);
    let step = DECADE / 16;
    let index = usize::try_from(rest / step).unwrap_or_default();
    let (below, above) = (STEPS[index], STEPS[index + 1]);
    let thousandths = below * step + (above - below) * (rest % step);
    let ten = u32::try_from(decade).map_or(u64::MAX, |decade| 10u64.saturating_pow(decade));
    ten.saturating_mul(thousandths) / step / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_number_of_its_magnitude() {
        assert_eq!(number(0), 1);
        assert_eq!(number(DECADE), 10);
        assert_eq!(number(DECADE / 2), 3);
        assert_eq!(number(5 * DECADE / 2), 316);
        assert_eq!(number(4 * DECADE), 10_000);
        let mut last = 0;
        for place in (0..4 * DECADE).step_by(997) {
            let here = number(place);
            assert!(here >= last, "{place}: {here} after {last}");
            last = here;
        }
    }
}
