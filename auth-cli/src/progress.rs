//! Progress of long work, on standard error if it is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Creates a bar for `total` rows of `what`.
pub(crate) fn rows(what: &'static str, total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:16} {bar:32} {pos}/{len}  {eta} left");
    bar(Some(total), style.ok()).with_message(what)
}

/// Creates a spinner for work of unknown duration.
pub(crate) fn spinner(what: &'static str) -> ProgressBar {
    let spinner = bar(None, None).with_message(what);
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

fn bar(total: Option<u64>, style: Option<ProgressStyle>) -> ProgressBar {
    // Draws nothing if standard error is not a terminal.
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
    match style {
        Some(style) => bar.with_style(style),
        None => bar,
    }
}
