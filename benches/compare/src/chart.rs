//! A bar chart, as SVG.

use std::fmt::Write as _;

/// One bar.
#[derive(Debug)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// How long it is.
    pub value: f64,
    /// Whether it is one of this product.
    pub is_ours: bool,
}

const LINE: usize = 22;
const LABELS: usize = 330;
const BARS: usize = 360;

/// Bars under a title, from 0 on. The text has the colour of what is around it, so that it can be read on light and dark;
/// in a file of its own (`standalone`) it follows what the reader prefers.
pub fn draw(title: &str, bars: &[Bar], standalone: bool) -> String {
    let (width, height) = (LABELS + BARS + 60, LINE * (bars.len() + 1) + 10);
    let most = bars.iter().map(|bar| bar.value).fold(1.0, f64::max);
    #[allow(clippy::cast_precision_loss)] // a few hundred
    let scale = BARS as f64 / most;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" \
         aria-label=\"{title}\" font-family=\"sans-serif\" font-size=\"13\" fill=\"currentColor\">\n"
    );
    if standalone {
        svg += "<style>svg{color:#1c1c1c;background:#fff}\
                @media(prefers-color-scheme:dark){svg{color:#e6e6e6;background:#1c1c1c}}</style>\n";
    }
    // Infallible: a string takes everything.
    _ = writeln!(svg, "<text x=\"{LABELS}\" y=\"16\" font-weight=\"bold\">{title}</text>");
    for (at, Bar { label, value, is_ours }) in bars.iter().enumerate() {
        let (top, base) = (LINE * (at + 1) + 4, LINE * (at + 1) + 17);
        let (long, colour) = (value * scale, if *is_ours { "#d2691e" } else { "#5b86b0" });
        let end = LABELS + 6;
        _ = writeln!(svg, "<text x=\"{}\" y=\"{base}\" text-anchor=\"end\">{label}</text>", LABELS - 8);
        _ = writeln!(svg, "<rect x=\"{LABELS}\" y=\"{top}\" width=\"{long:.1}\" height=\"16\" fill=\"{colour}\"/>");
        _ = writeln!(svg, "<text x=\"{end}\" y=\"{base}\" dx=\"{long:.1}\">{value:.2}</text>");
    }
    // What bare costs, for the eye.
    let one = format!("{scale:.1}");
    let bottom = height - 4;
    _ = writeln!(
        svg,
        "<line x1=\"{LABELS}\" x2=\"{LABELS}\" y1=\"{LINE}\" y2=\"{bottom}\" transform=\"translate({one})\" \
         stroke=\"currentColor\" stroke-dasharray=\"3 3\" opacity=\"0.6\"/>"
    );
    svg + "</svg>"
}
