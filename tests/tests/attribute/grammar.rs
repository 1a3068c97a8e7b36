//! Attributes and functions as the documentation of the attribute allows them.

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// The arguments and the function, as they are written.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) args: String,
    pub(crate) item: String,
}

/// Ids of one role, none of them twice.
#[derive(Clone, Debug)]
enum Ids {
    List(Vec<u64>),
    Range {
        first: u64,
        count: u64,
        closed: bool,
    },
}

#[derive(Clone, Debug)]
enum Shards {
    Roles {
        leaders: Ids,
        followers: Option<Ids>,
    },
    Peers(Ids),
}

impl Ids {
    fn ids(&self) -> Vec<u64> {
        match self {
            Self::List(ids) => ids.clone(),
            Self::Range { first, count, .. } => (*first..first + count).collect(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::List(ids) => format!(
                "[{}]",
                ids.iter()
                    .copied()
                    .map(spelled)
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            Self::Range {
                first,
                count,
                closed: true,
            } => format!("{first}..={}", first + count - 1),
            Self::Range { first, count, .. } => format!("{first}..{}", first + count),
        }
    }
}

impl Shards {
    fn ids(&self) -> Vec<u64> {
        match self {
            Self::Roles { leaders, followers } => {
                let followers = followers.iter().flat_map(Ids::ids);
                leaders.ids().into_iter().chain(followers).collect()
            }
            Self::Peers(peers) => peers.ids(),
        }
    }

    fn args(&self) -> Vec<String> {
        match self {
            Self::Roles { leaders, followers } => {
                let leaders = match leaders {
                    Ids::List(ids) if ids.len() == 1 => format!("leader = {}", spelled(ids[0])),
                    leaders => format!("leaders = {}", leaders.text()),
                };
                let followers = followers.as_ref();
                let followers = followers.map(|ids| format!("followers = {}", ids.text()));
                [leaders].into_iter().chain(followers).collect()
            }
            Self::Peers(peers) => vec![format!("peers = {}", peers.text())],
        }
    }
}

/// In one of the ways to write an integer, which depends on its value.
fn spelled(value: u64) -> String {
    match value % 5 {
        0 => format!("{value:#x}"),
        1 => format!("{value}u64"),
        2 => format!("{value:#b}"),
        _ => value.to_string(),
    }
}

fn shards() -> impl Strategy<Value = Shards> {
    let count = || prop_oneof![8 => 1..6_u64, 3 => 6..40_u64, 1 => 1000..2048_u64];
    // Ids grow, so that roles do not meet.
    let ids = move |first: u64| {
        (first..first + 1_000_000, count(), 0..3_u8).prop_map(|(first, count, kind)| match kind {
            0 => Ids::List((first..first + count).map(|id| id * 3).rev().collect()),
            kind => Ids::Range {
                first: first * 3,
                count,
                closed: kind == 1,
            },
        })
    };
    let far = u64::MAX / 4;
    prop_oneof![
        ids(0).prop_map(Shards::Peers),
        (ids(0), prop::option::of(ids(far)))
            .prop_map(|(leaders, followers)| Shards::Roles { leaders, followers }),
        (0..9_u64, prop::option::of(ids(10))).prop_map(|(leader, followers)| Shards::Roles {
            leaders: Ids::List(vec![leader]),
            followers,
        }),
    ]
}

/// One of these, as an argument.
fn one_of(name: &'static str, values: &'static [&'static str]) -> BoxedStrategy<Option<String>> {
    prop::option::of(select(values).prop_map(move |value| format!("{name} = {value}"))).boxed()
}

const NUMBERS: &[&str] = &[
    "LOSS",
    "config::LOSS",
    "r#fn::größe",
    "f::<u8, u8>()",
    "<A as B<C, D>>::E",
    "1.0 / 3.0",
    "(0.5)",
    "-LOSS",
    "{ 0.1 }",
    "if a { 0.1 } else { b(0, 1) }",
    "[0.1, 0.2][0]",
    "a.b(|c, d| c)",
    "f64::from(LOSS) * 0.5",
];

fn probability(name: &'static str) -> BoxedStrategy<Option<String>> {
    let literal = select(&["0", "1", "0.5", "1e-3", "0.25f64", "1f64", "1.", "0_1"][..]);
    let value = prop_oneof![literal, select(NUMBERS)];
    prop::option::weighted(
        0.3,
        value.prop_map(move |value| format!("{name} = {value}")),
    )
    .boxed()
}

/// Arguments that go with any shards.
fn options() -> impl Strategy<Value = Vec<String>> {
    const RUNTIMES: &[&[&str]] = &[
        &[],
        &["flavor = \"current_thread\""],
        &["flavor = \"multi_thread\"", "worker_threads = 2"],
        &["flavor = r\"multi_thread\"", "start_paused = false"],
        &["start_paused = true"],
    ];
    const SEEDS: &[&[&str]] = &[
        &[],
        &["seed = 7"],
        &["seed = 18_446_744_073_709_551_615"],
        &["seeds = 0..256"],
        &["seeds = 0x0..=255"],
        &["also = [17]"],
        &["seeds = 0..4", "also = [0x11, 4_711u64,]"],
        &["pinned"],
        &["pinned", "seed = 7"],
    ];
    let faults = [
        one_of(
            "latency",
            &[
                "\"5ms\"",
                "\"1ms..=5ms\"",
                "r#\"0ms..2ms\"#",
                "\"1s .. 1m\"",
                "\"1h\"",
            ],
        ),
        probability("loss"),
        probability("duplicate"),
        probability("reorder"),
        one_of(
            "rate",
            &[
                "1000",
                "1_000.5",
                "RATE",
                "1e3f64",
                "1000 / s",
                "f::<A, B>()",
            ],
        ),
        one_of("capacity", &["1", "16", "4_294_967_295"]),
        one_of("timeout", &["\"30s\"", "\"1ms\"", "\"2h\""]),
        one_of(
            "crate",
            &[
                "shard_mesh",
                "::shard_mesh",
                "crate::a::r#type",
                "self::größe",
                "super::x",
            ],
        ),
    ];
    let repeats = |(runtime, seeds): &(&[&str], &[&str])| {
        !seeds.contains(&"pinned") || runtime.iter().all(|it| !it.contains("multi_thread"))
    };
    let others = (select(RUNTIMES), select(SEEDS)).prop_filter("several threads", repeats);
    (faults, others).prop_map(|(faults, (runtime, seeds))| {
        let others = runtime.iter().chain(seeds).map(ToString::to_string);
        faults.into_iter().flatten().chain(others).collect()
    })
}

fn wiring(shards: &Shards, topology: Index, links: &[(Index, Index)]) -> Option<String> {
    const OF_ROLES: [&str; 5] = ["star", "duplex", "full", "chain", "ring"];
    if links.is_empty() {
        let known = match shards {
            Shards::Roles { .. } => &OF_ROLES[..],
            Shards::Peers(_) => &OF_ROLES[2..],
        };
        // The last stands for none.
        let topology = known.get(topology.index(known.len() + 1))?;
        return Some(format!("topology = {topology}"));
    }
    let ids = shards.ids();
    let mut pairs: Vec<(u64, u64)> = Vec::new();
    for (from, to) in links {
        let (from, to) = (*from.get(&ids), *to.get(&ids));
        let known = pairs.contains(&(from, to)) || pairs.contains(&(to, from));
        if from != to && !known {
            pairs.push((from, to));
        }
    }
    let arrow = |from: u64| if from % 2 == 0 { "->" } else { "<->" };
    let links = pairs
        .iter()
        .map(|(from, to)| format!("{from} {} {to}", arrow(*from)));
    Some(format!(
        "links = [{}]",
        links.collect::<Vec<_>>().join(", ")
    ))
}

/// Parameters that take `shards` one by one, in arrays and in a list of the rest.
fn parameters(mut shards: usize, cuts: &[usize], name: &str, mesh: bool) -> Vec<String> {
    const TYPES: [&str; 6] = [
        "Endpoint",
        "std::sync::Arc<dyn Transport>",
        "impl Transport",
        "shard_mesh::Endpoint<u64>",
        "T",
        "Endpoint<Pair<A, B>>",
    ];
    let mut parameters = Vec::new();
    for (at, cut) in cuts.iter().enumerate() {
        let ty = TYPES[cut % TYPES.len()];
        let pattern = match cut % 5 {
            0 => "_".to_owned(),
            1 => format!("mut {name}_{at}"),
            _ => format!("{name}_{at}"),
        };
        let take = cut % 4;
        if shards == 0 || take > shards {
            break;
        }
        if take == 0 {
            parameters.push(format!("{pattern}: {ty}"));
            shards -= 1;
        } else {
            parameters.push(format!("{pattern}: [{ty}; {take}]"));
            shards -= take;
        }
    }
    if shards > 0 {
        let list = [
            "Vec<Endpoint>",
            "std::vec::Vec<T>",
            "[Endpoint; N]",
            "[T; { 1 + 1 }]",
        ];
        parameters.push(format!(
            "#[allow(unused)] rest: {}",
            list[shards % list.len()]
        ));
    }
    if mesh {
        parameters.push("mesh: shard_mesh::Mesh<u64>".to_owned());
    }
    parameters
}

fn item(shards: usize) -> impl Strategy<Value = String> {
    const ATTRIBUTES: &[&str] = &[
        "",
        "/// Documentation.\n",
        "#[should_panic(expected = \"meant\")]",
        "#[ignore = \"never\"] #[test_log::test]",
        "#[cfg_attr(unix, allow(unused))]",
    ];
    const NAMES: &[&str] = &["test", "r#type", "größe", "λ", "main", "x"];
    const OUTPUTS: &[&str] = &[
        "",
        "-> ()",
        "-> Result<(), Box<dyn Error>>",
        "-> std::process::ExitCode",
        "-> impl Termination",
    ];
    const BODIES: &[&str] = &[
        "{}",
        "{ a(); b }",
        "{ let x = \"}\"; 'a: loop { break 'a } }",
        "{ { ( [ ] ) } }",
    ];
    let head = (
        select(ATTRIBUTES),
        select(&["", "pub", "pub(crate)", "pub(in a::b)"][..]),
        select(NAMES),
    );
    let tail = (
        select(OUTPUTS),
        select(&["", "where T: Transport,"][..]),
        select(BODIES),
    );
    let cuts = prop::collection::vec(any::<usize>(), 0..7);
    (
        head,
        cuts,
        select(&["a", "r#fn", "größe"][..]),
        any::<bool>(),
        tail,
    )
        .prop_map(
            move |(
                (attributes, visibility, name),
                cuts,
                parameter,
                mesh,
                (output, bounds, body),
            )| {
                let parameters = parameters(shards, &cuts, parameter, mesh).join(", ");
                format!(
                    "{attributes} {visibility} async fn {name}<T: Transport, const N: usize>\
                 ({parameters}) {output} {bounds} {body}"
                )
            },
        )
}

pub(crate) fn valid() -> impl Strategy<Value = Written> {
    let links = prop::collection::vec(any::<(Index, Index)>(), 0..4);
    let parts = (shards(), options(), any::<Index>(), links).prop_flat_map(
        |(shards, mut args, topology, links)| {
            args.extend(wiring(&shards, topology, &links));
            args.extend(shards.args());
            (
                Just(args).prop_shuffle(),
                item(shards.ids().len()),
                any::<bool>(),
            )
        },
    );
    parts.prop_map(|(args, item, comma)| Written {
        args: args.join(", ") + if comma { "," } else { "" },
        item,
    })
}

/// Names and values that have nothing to do with each other, before anything.
pub(crate) fn wild() -> impl Strategy<Value = Written> {
    const NAMES: &[&str] = &[
        "leader",
        "leaders",
        "followers",
        "peers",
        "topology",
        "links",
        "capacity",
        "latency",
        "loss",
        "duplicate",
        "reorder",
        "rate",
        "seed",
        "seeds",
        "also",
        "exhaustive",
        "jostle",
        "timeout",
        "flavor",
        "worker_threads",
        "start_paused",
        "crate",
        "pinned",
        "clients",
        "chaos",
        "r#leader",
        "leadr",
        "größe",
        "0",
        "",
    ];
    const VALUES: &[&str] = &[
        "0",
        "-1",
        "1.5",
        "3",
        "[0, 1]",
        "[partition, crash]",
        "[partition, partition]",
        "[]",
        "[0 -> 1]",
        "[0 <-> 1, 1 -> 0]",
        "0..5",
        "..",
        "5..",
        "0..=",
        "..=3",
        "0..N",
        "N",
        "\"5ms\"",
        "\"5ms\"s",
        "\"1ms..\"",
        "b\"x\"",
        "true",
        "star",
        "ring",
        "\"multi_thread\"",
        "a::b",
        "a::",
        "::",
        "fn::x",
        "_",
        "struct",
        ";0.5",
        "= 0.5",
        "a b",
        "-",
        "1%",
        "f::<u8, u8>()",
        "18446744073709551616",
        "1u8",
        "'c'",
        "'a",
        "",
        "()",
        "{ x }",
        "let x = 1",
        "|x, y| z",
    ];
    const ITEMS: &[&str] = &[
        "async fn f(a: Endpoint, b: Endpoint) {}",
        "fn f() {}",
        "pub async unsafe extern \"C\" fn f(self, ...) -> ! {}",
        "async fn f(#[cfg(x)] a: A, all: Vec<Endpoint>, b: Endpoint);",
        "async fn main(followers: [Endpoint; 2], leader: Endpoint) { leader }",
        "#[tokio::test] #[rstest] async fn f(&mut self, mesh: Mesh) {}",
        "struct S;",
        "const X: u8 = 1;",
        "impl S { async fn f() {} }",
        "macro_rules! m { () => {} }",
    ];
    let sign = prop_oneof![6 => Just("="), 1 => Just("=="), 1 => Just(""), 1 => Just("=>")];
    let argument = (select(NAMES), sign, select(VALUES))
        .prop_map(|(name, sign, value)| format!("{name} {sign} {value}"));
    (prop::collection::vec(argument, 0..6), select(ITEMS)).prop_map(|(args, item)| Written {
        args: args.join(", "),
        item: item.to_owned(),
    })
}
