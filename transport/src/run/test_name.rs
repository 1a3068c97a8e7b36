//! What a test is called, and by whom.

use std::thread;

/// A test, as its harness names it: the module that it is in, and its function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TestName {
    pub(crate) module: &'static str,
    pub(crate) function: &'static str,
}

impl TestName {
    /// The crate that the test is in: the name of its test target, as rustc has it.
    pub(crate) fn target(&self) -> &'static str {
        self.module.split("::").next().unwrap_or(self.module)
    }

    /// The path of the test within its crate.
    pub(crate) fn path(&self) -> String {
        match self.module.split_once("::") {
            Some((_crate, module)) => format!("{module}::{}", self.function),
            None => self.function.to_owned(),
        }
    }

    /// The name by which the test runner calls the test. An attribute that makes several tests of
    /// one function names each of them after its case; then it is the name of this thread, which
    /// the runner gave it.
    pub(crate) fn in_runner(&self) -> String {
        let path = self.path();
        let thread = thread::current();
        let case = thread.name().filter(|name| {
            let rest = name.strip_prefix(&path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        });
        case.map_or(path, str::to_owned)
    }

    /// Whether it is a program, and no test.
    pub(crate) fn is_program(&self) -> bool {
        self.function == "main"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: TestName = TestName {
        module: "x::inner",
        function: "ships",
    };

    fn on_thread(name: &str) -> String {
        let thread = thread::Builder::new().name(name.to_owned());
        let name = thread.spawn(|| NAME.in_runner()).unwrap();
        name.join().unwrap()
    }

    #[test]
    fn the_crate_is_no_part_of_the_path() {
        assert_eq!(NAME.path(), "inner::ships");
        assert_eq!(NAME.target(), "x");
    }

    #[test]
    fn a_case_has_the_name_that_the_runner_gave_it() {
        assert_eq!(on_thread("inner::ships"), "inner::ships");
        assert_eq!(on_thread("inner::ships::case_1"), "inner::ships::case_1");
        assert_eq!(on_thread("inner::ships_more"), "inner::ships");
        assert_eq!(on_thread("main"), "inner::ships");
    }
}
