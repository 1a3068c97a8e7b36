use std::time::Duration;

/// The time that all processes that this one has waited for, and theirs, have spent on a core:
/// user and system time. `None` where there is no `/proc`.
pub(crate) fn of_children() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may hold anything (proc_pid_stat(5)).
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(13);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    // In ticks of USER_HZ, which is 100 on all that Linux runs on today.
    Some(Duration::from_millis((user + system) * 10))
}
