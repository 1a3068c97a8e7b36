//! Chaos, as far as it is drawn: which kinds of faults a seed uses, when their episodes begin, how long
//! they last, and whom they befall. Each draw is a function of the seed and of its own name.

pub(crate) mod draws;
pub(crate) mod episode;
pub(crate) mod kind;
pub(crate) mod log_uniform;
pub(crate) mod moment;
pub(crate) mod subjects;
