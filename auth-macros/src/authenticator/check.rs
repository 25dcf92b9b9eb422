//! The rules between the keys of `#[authenticator(..)]`. All faults are collected.

use darling::error::Accumulator;
use darling::{Error, Result};

use super::attr::{FieldReceiver, Receiver, TextArg};
use super::model::{DerivedScheme, Place, SchemeOption, Verification};
use crate::error::fault;
use crate::{crate_path, message};

pub(super) fn check(receiver: Receiver) -> Result<DerivedScheme> {
    let mut faults = Error::accumulator();
    if !receiver.generics.params.is_empty() {
        faults.push(fault(&receiver.generics, message::DERIVE_GENERICS));
    }
    for key in [&receiver.permit, &receiver.throttle, &receiver.challenges].into_iter().flatten() {
        faults.push(Error::custom(message::DERIVE_POLICY_KEY).with_span(&key.0));
    }
    let scheme = check_scheme(receiver, &mut faults);
    faults.finish()?;
    scheme.ok_or_else(|| Error::custom(message::DERIVE_NOT_STRUCT))
}

fn check_scheme(receiver: Receiver, faults: &mut Accumulator) -> Option<DerivedScheme> {
    let name = receiver.ident.clone();
    let runtime = receiver.crate_path.as_ref().map_or_else(crate_path::default, |path| path.0.clone());
    let state = receiver.state.as_ref().map(|state| state.0.clone());
    let fields = receiver.data.take_struct()?.fields;
    let options = fields.into_iter().filter_map(|field| check_option(field, faults)).collect();
    let auth = receiver.auth.map(|auth| auth.0);
    if let (Some(csrf), Some(_)) = (&receiver.csrf, &receiver.wraps) {
        faults.push(Error::custom(message::DERIVE_CSRF_WITH_WRAPS).with_span(&csrf.key));
    }
    let csrf = receiver.csrf.map(|csrf| csrf.check);

    let places = [(Place::Header, receiver.header), (Place::Cookie, receiver.cookie), (Place::Query, receiver.query)];
    let mut places = places.into_iter().filter_map(|(place, name)| Some((place, name?.0)));
    let source = places.next();
    for (_, second) in places {
        faults.push(fault(&second, message::DERIVE_TWO_SOURCES));
    }
    if let Some((place, name)) = &source
        && !can_be_named(*place, &name.value())
    {
        faults.push(fault(name, message::DERIVE_SOURCE_NAME));
    }
    if let Some(TextArg(challenge)) = &receiver.challenge
        && !begins_with_keyword(&challenge.value())
    {
        faults.push(fault(challenge, message::DERIVE_CHALLENGE_TEXT));
    }
    let user = receiver.user.map(|user| user.0);
    if let Some(wraps) = receiver.wraps {
        if let Some((_, name)) = &source {
            faults.push(fault(name, message::DERIVE_TWO_SOURCES));
        }
        return match (receiver.map_user, user) {
            (Some(map_user), Some(user)) => {
                let verification = Verification::Wraps { scheme: wraps.scheme, map_user: map_user.0, user };
                Some(DerivedScheme { name, runtime, state, options, auth, csrf, verification })
            }
            (Some(map_user), None) => {
                faults.push(fault(&map_user.0, message::DERIVE_MAP_WITHOUT_USER));
                None
            }
            (None, _) => {
                faults.push(Error::custom(message::DERIVE_WRAPS_WITHOUT_MAP).with_span(&wraps.key));
                None
            }
        };
    }
    if let Some(map_user) = receiver.map_user {
        faults.push(fault(&map_user.0, message::DERIVE_MAP_WITHOUT_WRAPS));
    }
    let verification = match (source, receiver.verify) {
        (Some((place, source)), Some(verify)) => {
            if user.is_none() && state.is_none() {
                faults.push(fault(&verify.0, message::DERIVE_VERIFY_WITHOUT_USER));
            }
            let challenge = receiver.challenge.map(|challenge| challenge.0);
            Verification::Source { place, name: source, verify: verify.0, user, challenge }
        }
        (Some((_, name)), None) => {
            faults.push(fault(&name, message::DERIVE_SOURCE_WITHOUT_VERIFY));
            return None;
        }
        (None, Some(verify)) => {
            faults.push(fault(&verify.0, message::DERIVE_VERIFY_WITHOUT_SOURCE));
            return None;
        }
        (None, None) => Verification::ByHand,
    };
    Some(DerivedScheme { name, runtime, state, options, auth, csrf, verification })
}

/// Returns whether a header, a cookie or a parameter can have this name.
fn can_be_named(place: Place, name: &str) -> bool {
    match place {
        Place::Header | Place::Cookie => is_token(name),
        Place::Query => !name.is_empty(),
    }
}

fn begins_with_keyword(challenge: &str) -> bool {
    is_token(challenge.split(' ').next().unwrap_or_default()) && !challenge.chars().any(char::is_control)
}

/// Returns whether the text is one token of RFC 9110 section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_mark = |character| "!#$%&'*+-.^_`|~".contains(character);
    !text.is_empty() && text.chars().all(|character| character.is_ascii_alphanumeric() || is_mark(character))
}

fn check_option(field: FieldReceiver, faults: &mut Accumulator) -> Option<SchemeOption> {
    let FieldReceiver { ident, ty, default } = field;
    let Some(name) = ident else {
        faults.push(fault(&ty, message::DERIVE_NOT_NAMED));
        return None;
    };
    match default {
        Some(default) => Some(SchemeOption { name, default: default.0 }),
        None => {
            faults.push(fault(&name, message::DERIVE_FIELD_DEFAULT));
            None
        }
    }
}
