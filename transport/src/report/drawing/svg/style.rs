//! What the picture looks like: its colours on light and dark, and the ends of its arrows.

use std::fmt::Write;

use ::svg::node::element::{Definitions, Marker, Path, Style};

/// How wide a character may be, at the size of the picture's text.
pub(super) const CHARACTER: usize = 8;

/// All but the colours. An arrow is a path in a group that says which colour it has.
const FORMS: &str = "
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: currentColor }
.id { font-weight: bold; text-anchor: middle }
.again { text-anchor: middle }
.time, .back { text-anchor: end }
.again, .way text { font-size: 10px }
.again, .way text { paint-order: stroke; stroke-width: 3px; stroke-linejoin: round }
.way .note { font-size: 12px; stroke: none }
path { fill: none; stroke: currentColor; stroke-width: 1.5 }
.full { fill: currentColor; stroke: none }
.tick { stroke-dasharray: 1 3 }
.paused { stroke-dasharray: 2 4 }
.late path { stroke-dasharray: 5 3 }
.fault path { stroke-dasharray: 8 3 }
.left, .right { fill-opacity: .14 }
circle { fill: currentColor }
";

/// Selector, property, and the two colours. The picture has its own background, so that it is
/// legible on any page; it follows what the reader prefers, and is light where that is not known.
const COLOURS: [(&str, &str, &str, &str); 15] = [
    ("svg", "color", "#1f2328", "#e6edf3"),
    ("svg", "background", "#ffffff", "#0d1117"),
    (".page", "fill", "#ffffff", "#0d1117"),
    (".again, .way text", "stroke", "#ffffff", "#0d1117"),
    (".dim", "color", "#656d76", "#8d96a0"),
    (".lane", "color", "#8c959f", "#6e7681"),
    (".tick", "color", "#c4cbd3", "#3d444d"),
    (".ok", "color", "#0969da", "#58a6ff"),
    (".copy", "color", "#8250df", "#bc8cff"),
    (".held", "color", "#9a6700", "#d29922"),
    (".lost", "color", "#cf222e", "#ff7b72"),
    (".take", "color", "#1a7f37", "#3fb950"),
    (".fault", "color", "#bc4c00", "#f0883e"),
    (".left", "fill", "#d4620f", "#db6d28"),
    (".right", "fill", "#0a7d8c", "#39c5cf"),
];

/// The colours in which an arrow can begin and end in each way.
const ENDS: [(&str, &[&str]); 4] = [
    ("ok", &["dot", "in", "got"]),
    ("copy", &["dot", "in", "got"]),
    ("held", &["dot", "in", "got", "bar"]),
    ("lost", &["dot", "cross"]),
];

pub(super) fn style() -> Style {
    let mut css = FORMS.to_owned();
    for (colour, ends) in ENDS {
        for end in ends {
            let (which, place) = match *end {
                "dot" => ("path", "start"),
                end => (&*format!("path.{end}"), "end"),
            };
            let _ = writeln!(
                css,
                ".way.{colour} {which} {{ marker-{place}: url(#{colour}-{end}) }}"
            );
        }
    }
    css += ".way path.from { marker-start: none }\n";
    for (selector, property, light, _) in COLOURS {
        let _ = writeln!(css, "{selector} {{ {property}: {light} }}");
    }
    css += "@media (prefers-color-scheme: dark) {\n";
    for (selector, property, _, dark) in COLOURS {
        let _ = writeln!(css, "  {selector} {{ {property}: {dark} }}");
    }
    css += "}\n";
    Style::new(css)
}

/// The ends of arrows. Each is drawn around a point where an arrow that goes to the right ends.
pub(super) fn ends() -> Definitions {
    let mut ends = Definitions::new();
    for (colour, end) in ENDS
        .iter()
        .flat_map(|(colour, ends)| ends.iter().map(move |end| (colour, end)))
    {
        let (shape, filled) = match *end {
            "dot" => ("M3 0A3 3 0 1 1 -3 0A3 3 0 1 1 3 0Z", true),
            "in" => ("M-1 0L-9 -4L-9 4Z", true),
            "got" => (
                "M-4 0L-12 -4L-12 4ZM4 0A4 4 0 1 1 -4 0A4 4 0 1 1 4 0Z",
                true,
            ),
            "bar" => ("M0 -6L0 6", false),
            _ => ("M-4 -4L4 4M-4 4L4 -4", false),
        };
        let shape = Path::new().set("d", shape).set("stroke-dasharray", "none");
        let shape = if filled {
            shape.set("class", "full")
        } else {
            shape
        };
        ends = ends.add(
            Marker::new()
                .set("id", format!("{colour}-{end}"))
                .set("class", *colour)
                .set("viewBox", "-14 -8 28 16")
                .set("markerWidth", 28)
                .set("markerHeight", 16)
                .set("markerUnits", "userSpaceOnUse")
                .set("orient", if *end == "cross" { "0" } else { "auto" })
                .add(shape),
        );
    }
    ends
}
