//! The rules of a list of throttles. All faults are collected.

use darling::{Error, Result};
use proc_macro2::Span;
use syn::Ident;

use super::attr::Args;
use super::model::{Throttle, Throttles};
use crate::error::fault;
use crate::message;

/// Checks what was read. An empty list is reported at `span`.
pub(super) fn check(args: Args, span: Span) -> Result<Throttles> {
    let Args { throttles, none, parts, faults: of_syntax } = args;
    let mut faults = Error::accumulator();
    faults.extend(of_syntax);
    if parts == 0 {
        faults.push(Error::custom(message::EMPTY_THROTTLE).with_span(&span));
    }
    if let Some(none) = none.filter(|_| parts > 1) {
        faults.push(fault(&none, message::THROTTLE_NONE));
    }
    let mut seen: Vec<&Ident> = Vec::new();
    for throttle in &throttles {
        let Throttle::Rate { key, .. } = throttle else { continue };
        if seen.contains(&key) {
            faults.push(fault(key, message::second_option(&key.to_string())));
        }
        seen.push(key);
    }
    faults.finish_with(Throttles(throttles))
}
