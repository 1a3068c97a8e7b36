//! From what a test may pick: ranges and lists.

use std::fmt::Debug;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use crate::decision::choice::Told;
use crate::decision::die::Lot;

/// From what [`Mesh::pick`](crate::Mesh::pick) picks a `T`.
///
/// - Ranges of integers and of [`Duration`], half-open (`5..20`) and inclusive (`5..=20`). The least
///   of a range is its simplest. Durations are whole milliseconds where both ends are, and else whole
///   nanoseconds.
/// - Arrays and `Vec`s, whose items are picked by value; references to arrays, slices and `Vec`s,
///   whose items are picked by reference. The first item is the simplest.
///
/// ```
/// use std::time::Duration;
/// use shard_mesh::{Endpoint, Mesh};
///
/// #[shard_mesh::test(peers = 0..3)]
/// async fn main(_peers: [Endpoint; 3], mesh: Mesh) {
///     let writes: u64 = mesh.pick("writes", 1..=100);
///     let pause = mesh.pick("pause", Duration::from_millis(5)..Duration::from_millis(20));
///     let victim = mesh.pick("victim", mesh.shards());
///     let word: &&str = mesh.pick("word", &["put", "del"]);
///     println!("{writes} {word}, then {victim} rests for {pause:?}");
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to pick a `{T}` from",
    label = "give a range, an array, a `Vec`, or a reference to a slice",
    note = "ranges are those of integers and of `Duration`, as in `5..20`"
)]
pub trait Choices<T>: sealed::Choices<T> {}

impl<T, C: sealed::Choices<T>> Choices<T> for C {}

/// As many characters of a value are told at most.
const MOST_TOLD: usize = 60;

/// An item of a list, by its place.
fn item(place: u128, item: &impl Debug) -> Told {
    let mut value = format!("{item:?}");
    if let Some((end, _)) = value.char_indices().nth(MOST_TOLD) {
        value.truncate(end);
        value.push('…');
    }
    Told {
        pin: place.to_string(),
        value: Some(value),
    }
}

pub(crate) mod sealed {
    use super::Among;

    #[allow(private_bounds, reason = "nobody else implements it")]
    pub trait Choices<T>: Among {
        /// The one at this place, which is not behind the last.
        fn at(self, place: u128) -> T;
    }
}

/// Choices, without the type of what is chosen. Each has a place, from 0; the first is the simplest.
pub(crate) trait Among {
    /// The place of the last of them; `None` if there is nothing to choose from.
    fn last_place(&self) -> Option<u128>;

    /// The one that is drawn, where there is something to choose from.
    fn draw(&self, lot: Lot) -> u128 {
        lot.up_to(self.last_place().unwrap_or(0))
    }

    /// What the choice at this place is called.
    fn tell(&self, place: u128) -> Told;

    /// The place of what is pinned so.
    fn find(&self, pin: &str) -> Option<u128>;

    /// What a pin may be.
    fn expected(&self) -> String;
}

/// `true` with this probability, of which `false` is the simpler.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Odds(pub(crate) f64);

impl Among for Odds {
    fn last_place(&self) -> Option<u128> {
        Some(1)
    }

    fn draw(&self, lot: Lot) -> u128 {
        lot.hits(self.0).into()
    }

    fn tell(&self, place: u128) -> Told {
        Told {
            pin: (place > 0).to_string(),
            value: None,
        }
    }

    fn find(&self, pin: &str) -> Option<u128> {
        pin.parse::<bool>().ok().map(u128::from)
    }

    fn expected(&self) -> String {
        "`true` or `false`".to_owned()
    }
}

macro_rules! integers {
    ($($integer:ident)*) => {$(
        impl sealed::Choices<$integer> for RangeInclusive<$integer> {
            fn at(self, place: u128) -> $integer {
                #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss,
                    clippy::cast_lossless, reason = "it lies between the ends, so it fits")]
                { (*self.start() as u128).wrapping_add(place) as $integer }
            }
        }

        impl Among for RangeInclusive<$integer> {
            fn last_place(&self) -> Option<u128> {
                let (least, most) = (*self.start(), *self.end());
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_lossless,
                    reason = "the distance of two numbers of one type fits its unsigned kind")]
                (!self.is_empty()).then(|| (most as u128).wrapping_sub(least as u128))
            }

            fn tell(&self, place: u128) -> Told {
                Told { pin: self.clone().at(place).to_string(), value: None }
            }

            fn find(&self, pin: &str) -> Option<u128> {
                let value: $integer = pin.parse().ok()?;
                let place = (*self.start()..=value).last_place()?;
                self.contains(&value).then_some(place)
            }

            fn expected(&self) -> String {
                format!("a number of {self:?}")
            }
        }

        impl sealed::Choices<$integer> for Range<$integer> {
            fn at(self, place: u128) -> $integer {
                inclusive(&self).at(place)
            }
        }

        impl Among for Range<$integer> {
            fn last_place(&self) -> Option<u128> {
                if self.is_empty() {
                    return None;
                }
                inclusive(self).last_place()
            }

            fn tell(&self, place: u128) -> Told {
                inclusive(self).tell(place)
            }

            fn find(&self, pin: &str) -> Option<u128> {
                inclusive(self).find(pin)
            }

            fn expected(&self) -> String {
                format!("a number of {self:?}")
            }
        }
    )*};
}

/// A range that is not empty, with its last number.
fn inclusive<N: Copy + Less>(range: &Range<N>) -> RangeInclusive<N> {
    range.start..=range.end.less()
}

trait Less {
    fn less(self) -> Self;
}

macro_rules! less {
    ($($integer:ident)*) => {$(
        impl Less for $integer {
            fn less(self) -> Self {
                self - 1
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
less!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

const MILLI: u128 = 1_000_000;

/// In whole milliseconds, or else in whole nanoseconds: the unit, and the first and last of them.
fn units(least: Duration, end: Duration, includes_end: bool) -> (u128, RangeInclusive<u128>) {
    let (least, end) = (least.as_nanos(), end.as_nanos());
    let unit = if least % MILLI == 0 && end % MILLI == 0 {
        MILLI
    } else {
        1
    };
    let most = end / unit - u128::from(!includes_end);
    (unit, least / unit..=most)
}

fn duration(nanos: u128) -> Duration {
    let (secs, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    Duration::new(
        u64::try_from(secs).unwrap_or(u64::MAX),
        u32::try_from(rest).unwrap_or_default(),
    )
}

/// `"7ms"`, with the quotes.
fn tell_duration(unit: u128, number: u128) -> Told {
    let unit = if unit == MILLI { "ms" } else { "ns" };
    Told {
        pin: format!("\"{number}{unit}\""),
        value: None,
    }
}

fn find_duration(unit: u128, range: &RangeInclusive<u128>, pin: &str) -> Option<u128> {
    let nanos = match (pin.strip_suffix("ms"), pin.strip_suffix("ns")) {
        (Some(millis), _) => millis.trim().parse::<u128>().ok()?.checked_mul(MILLI)?,
        (None, Some(nanos)) => nanos.trim().parse().ok()?,
        (None, None) => return None,
    };
    let number = nanos / unit;
    (nanos % unit == 0 && range.contains(&number)).then(|| number - range.start())
}

macro_rules! durations {
    ($range:ident, |$of:ident| $ends:expr) => {
        impl sealed::Choices<Duration> for $range<Duration> {
            fn at(self, place: u128) -> Duration {
                let $of = &self;
                let (unit, range) = $ends;
                duration(unit * (range.start() + place))
            }
        }

        impl Among for $range<Duration> {
            fn last_place(&self) -> Option<u128> {
                let $of = self;
                if self.is_empty() {
                    return None;
                }
                $ends.1.last_place()
            }

            fn tell(&self, place: u128) -> Told {
                let $of = self;
                let (unit, range) = $ends;
                tell_duration(unit, range.start() + place)
            }

            fn find(&self, pin: &str) -> Option<u128> {
                let $of = self;
                let (unit, range) = $ends;
                find_duration(unit, &range, pin)
            }

            fn expected(&self) -> String {
                format!("a time of {self:?}, such as \"5ms\"")
            }
        }
    };
}

use sealed::Choices as _;

durations!(RangeInclusive, |range| units(
    *range.start(),
    *range.end(),
    true
));
durations!(Range, |range| units(range.start, range.end, false));

macro_rules! lists {
    ($([$($generics:tt)*] $list:ty, $item:ty, $at:expr;)*) => {$(
        impl<$($generics)*> sealed::Choices<$item> for $list {
            fn at(self, place: u128) -> $item {
                let place = usize::try_from(place).unwrap_or(usize::MAX);
                let at: fn(Self, usize) -> Option<$item> = $at;
                at(self, place).expect("a place in the list")
            }
        }

        impl<$($generics)*> Among for $list {
            fn last_place(&self) -> Option<u128> {
                (self.len() as u128).checked_sub(1)
            }

            fn tell(&self, place: u128) -> Told {
                let of = usize::try_from(place).unwrap_or(usize::MAX);
                item(place, &self[of])
            }

            fn find(&self, pin: &str) -> Option<u128> {
                let place = pin.parse().ok()?;
                (place <= self.last_place()?).then_some(place)
            }

            fn expected(&self) -> String {
                format!("a place in a list of {}, from 0", self.len())
            }
        }
    )*};
}

lists! {
    [T: Debug, const N: usize] [T; N], T, |list, place| list.into_iter().nth(place);
    [T: Debug] Vec<T>, T, |list, place| list.into_iter().nth(place);
    ['a, T: Debug] &'a [T], &'a T, <[T]>::get;
    ['a, T: Debug, const N: usize] &'a [T; N], &'a T, |list, place| list.get(place);
    ['a, T: Debug] &'a Vec<T>, &'a T, |list, place| list.get(place);
}
