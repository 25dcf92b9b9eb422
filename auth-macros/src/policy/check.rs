//! The rules between the keys of `#[policy(..)]`. All faults are collected.

use darling::{Error, Result};

use super::attr::Receiver;
use super::model::{NamedPolicy, Rules};
use crate::error::fault;
use crate::{crate_path, message};

pub(super) fn check(receiver: Receiver) -> Result<NamedPolicy> {
    let Receiver { ident: name, generics, data, chain, challenges, crate_path, permit, state, throttle } = receiver;
    let mut faults = Error::accumulator();
    if !generics.params.is_empty() {
        faults.push(fault(&generics, message::POLICY_GENERICS));
    }
    if data.take_struct().is_some_and(|fields| !fields.is_empty()) {
        faults.push(fault(&name, message::POLICY_FIELDS));
    }
    if chain.is_none() {
        faults.push(fault(&name, message::POLICY_WITHOUT_CHAIN));
    }
    faults.finish_with(NamedPolicy {
        name,
        runtime: crate_path.map_or_else(crate_path::default, |path| path.0),
        state: state.map(|state| state.0),
        schemes: chain.map(|chain| chain.schemes).unwrap_or_default(),
        rules: Rules {
            permit: permit.map(|permit| permit.permissions),
            throttle: throttle.map(|throttle| throttle.throttles),
        },
        all_challenges: challenges.is_some_and(|challenges| challenges.all),
    })
}
