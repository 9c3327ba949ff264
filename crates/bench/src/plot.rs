//! docs/benchmarks.svg: a bar for each peer. Colours follow the reader's light or dark scheme.

use crate::results::{Results, median, ratios};
use crate::{floor, ours};
use std::fmt::Write;

/// Bars of the first workload: CPU milliseconds per megabyte, the least on top.
pub fn svg(results: &Results) -> String {
    const ROW: f64 = 34.0;
    const LEFT: f64 = 170.0; // of the bars; names stand before them
    const WIDE: f64 = 380.0; // of the longest bar; its figure stands behind it
    const WIDTH: f64 = 720.0;
    let Some(speed) = results.speed.first() else { return String::new() };
    let mut peers: Vec<_> = speed.peers.iter().collect();
    peers.sort_by(|one, other| median(&one.ms_per_mb).total_cmp(&median(&other.ms_per_mb)));
    let most = peers.last().map_or(1.0, |peer| median(&peer.ms_per_mb));
    let our = peers.iter().find(|peer| peer.peer == ours::NAME).map_or(&[][..], |our| &our.ms_per_mb);
    #[allow(clippy::cast_precision_loss)] // a few peers
    let height = 78.0 + ROW * peers.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n\
        <title>CPU time per megabyte of clickstream</title>\n\
        <style>\n\
        text {{ font: 14px system-ui, sans-serif; fill: #24292f }} .small {{ font-size: 12px; fill: #57606a }}\n\
        rect {{ fill: #b6bec7 }} .ours {{ fill: #1f6feb }} .bold {{ font-weight: 600 }}\n\
        @media (prefers-color-scheme: dark) {{ text {{ fill: #e6edf3 }} .small {{ fill: #9198a1 }} rect {{ fill: #4d5560 }} .ours {{ fill: #4493f8 }} }}\n\
        </style>\n\
        <text x=\"0\" y=\"18\" class=\"bold\">CPU milliseconds per MB of events, bytes in to bytes out (less is better)</text>\n"
    );
    let mut y = 34.0;
    for peer in peers {
        let (name, ms) = (peer.peer.as_str(), median(&peer.ms_per_mb));
        let (class, bold) = if name == ours::NAME { (" class=\"ours\"", " class=\"bold\"") } else { ("", "") };
        let width = (ms / most * WIDE).max(2.0);
        let bare = [ours::NAME, floor::NAME].contains(&name);
        let times = if bare { String::new() } else { format!("   {:.1}×", median(&ratios(&peer.ms_per_mb, our))) };
        let (text_y, text_x, end) = (y + 17.0, LEFT + width + 8.0, LEFT - 10.0);
        let _ = writeln!(
            svg,
            "<text x=\"{end}\" y=\"{text_y}\" text-anchor=\"end\"{bold}>{name}</text>\
            <rect x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"24\" rx=\"3\"{class}/>\
            <text x=\"{text_x:.1}\" y=\"{text_y}\"{bold}>{ms:.1} ms{times}</text>"
        );
        y += ROW;
    }
    let (caption, second) = (y + 14.0, y + 31.0);
    let _ = write!(
        svg,
        "<text x=\"0\" y=\"{caption}\" class=\"small\">The floor decodes, looks at every byte once, encodes. Peers map fewer columns.</text>\n\
        <text x=\"0\" y=\"{second}\" class=\"small\">{} of events; {}, {}.</text>\n</svg>\n",
        speed.workload, results.machine.processor, results.machine.date,
    );
    svg
}
