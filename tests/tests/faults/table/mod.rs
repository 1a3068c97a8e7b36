//! The table of what each fault means, a module per column and a test per cell.

mod arrived;
mod in_flight;
mod receiver;
mod sender;
mod sent;
