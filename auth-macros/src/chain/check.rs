//! The rules of a chain.

use darling::Error;
use darling::error::Accumulator;
use proc_macro2::Span;

use super::model::Scheme;
use crate::error::fault;
use crate::message;

/// The maximum number of schemes for which the runtime implements `Chain`.
const MOST_SCHEMES: usize = 8;

/// Checks a chain that must have a scheme. An empty chain is reported at `span`.
pub(super) fn check_named(schemes: &[Scheme], span: Span, faults: &mut Accumulator) {
    if schemes.is_empty() {
        faults.push(Error::custom(message::DERIVE_EMPTY_CHAIN).with_span(&span));
    }
    check_length(schemes, faults);
}

pub(crate) fn check_length(schemes: &[Scheme], faults: &mut Accumulator) {
    if let Some(ninth) = schemes.get(MOST_SCHEMES) {
        faults.push(fault(&ninth.path, message::TOO_MANY_SCHEMES));
    }
}

/// Finds a scheme whose credentials cannot be picked: the same path appears twice, with another one between.
pub(crate) fn twice_apart(schemes: &[Scheme]) -> Option<&Scheme> {
    schemes.iter().enumerate().skip(2).find_map(|(at, scheme)| {
        let adjoins = schemes[at - 1].path == scheme.path;
        (!adjoins && schemes[..at - 1].iter().any(|other| other.path == scheme.path)).then_some(scheme)
    })
}
