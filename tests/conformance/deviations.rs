//! Where this project is right in another way than the framework: the table of `deviations.json`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use auth_runtime::throttle::Limit;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::case::{Case, Expect, Request};
use crate::expect;
use crate::request::Got;
use crate::throttle::CANNOT_BE_DECLARED;

/// One decision to differ.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deviation {
    pub(crate) id: String,
    pub(crate) rule: String,
    /// What the framework does.
    there: String,
    /// What this project does.
    here: String,
    pub(crate) reason: String,
    /// Cases that differ. Each must: one that is as wanted is a fault of the table.
    #[serde(default)]
    pub(crate) cases: Vec<String>,
    /// A predicate of this file.
    #[serde(default)]
    when: Option<String>,
    /// What must come in the place of what was wanted.
    #[serde(default)]
    instead: Option<Expect>,
    /// The keys of what was wanted that are other.
    #[serde(default)]
    but: Option<Map<String, Value>>,
    /// The test that shows a decision which no case can.
    #[serde(default)]
    shown_by: Option<String>,
}

/// One exchange that did not come as wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Differing<'a> {
    pub(crate) case: &'a Case,
    pub(crate) request: &'a Request,
    pub(crate) wanted: &'a Expect,
    /// What came, or why nothing could be sent.
    pub(crate) got: Result<&'a Got, &'a str>,
}

pub(crate) fn load() -> Result<Vec<Deviation>, String> {
    let table: Vec<Deviation> =
        serde_json::from_str(include_str!("deviations.json")).map_err(|error| format!("deviations.json: {error}"))?;
    for deviation in &table {
        if let Some(name) = &deviation.when
            && predicate(name).is_none()
        {
            return Err(format!("deviations.json: {} names no predicate of the runner: {name}", deviation.id));
        }
        if [&deviation.there, &deviation.here, &deviation.reason].into_iter().any(String::is_empty) {
            return Err(format!("deviations.json: {} does not say what differs and why", deviation.id));
        }
        let shown = deviation.shown_by.as_ref().is_some_and(|test| root().join(test).exists());
        if deviation.cases.is_empty() && deviation.when.is_none() && !shown {
            return Err(format!("deviations.json: {} needs cases, a predicate, or a test that shows it", deviation.id));
        }
    }
    Ok(table)
}

/// The folder of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The deviation that explains what differs.
pub(crate) fn explain<'t>(table: &'t [Deviation], differing: Differing<'_>) -> Option<&'t Deviation> {
    table.iter().find(|deviation| {
        let named = deviation.cases.contains(&differing.case.id);
        let meant = deviation.when.as_deref().and_then(predicate).is_some_and(|holds| holds(differing));
        (named || meant) && deviation.is_met(differing)
    })
}

/// The deviation that explains why there are `got` tokens after the case.
pub(crate) fn explain_token_count<'t>(table: &'t [Deviation], case: &Case, got: usize) -> Option<&'t Deviation> {
    let mut requests = case.pre.iter().map(|exchange| &exchange.request).chain([&case.request]);
    let obtains = requests.any(is_obtain);
    let more = case.post_state.as_ref().and_then(|after| after.token_count).is_some_and(|wanted| got > wanted);
    table.iter().find(|deviation| obtains && more && deviation.when.as_deref() == Some("fresh_token"))
}

/// The entries of the table that name a case which came as wanted.
pub(crate) fn stale(table: &[Deviation], as_wanted: &BTreeSet<String>) -> Vec<String> {
    let entries = table.iter().flat_map(|deviation| deviation.cases.iter().map(move |case| (deviation, case)));
    entries
        .filter(|(_, case)| as_wanted.contains(*case))
        .map(|(deviation, case)| format!("stale deviation {}: {case} comes as wanted", deviation.id))
        .collect()
}

impl Deviation {
    fn is_met(&self, differing: Differing<'_>) -> bool {
        let Ok(got) = differing.got else { return self.instead.is_none() && self.but.is_none() };
        let instead = self.instead.as_ref().is_none_or(|instead| expect::check(instead, got).is_empty());
        let but = self.but.as_ref().is_none_or(|but| {
            overlaid(differing.wanted, but).is_some_and(|wanted| expect::check(&wanted, got).is_empty())
        });
        instead && but
    }
}

/// `wanted` with the keys of `but`.
fn overlaid(wanted: &Expect, but: &Map<String, Value>) -> Option<Expect> {
    let changed = Expect::deserialize(Value::Object(but.clone())).ok()?;
    let says = |key: &str| but.contains_key(key);
    let mut all = wanted.clone();
    if says("status") {
        all.status = changed.status;
    }
    if says("headers") {
        all.headers.extend(changed.headers);
    }
    if says("json") {
        all.json = changed.json;
    }
    if says("json_match") {
        all.json = None;
        all.json_match = changed.json_match;
    }
    Some(all)
}

type Predicate = fn(Differing<'_>) -> bool;

fn predicate(name: &str) -> Option<Predicate> {
    Some(match name {
        "fresh_token" => fresh_token,
        "token_form" => |d| is_obtain(d.request) && d.wanted.json_match.contains_key("token"),
        "lenient_base64" => lenient_base64,
        "renderer_reads_user" => |d| d.case.setup.view.as_ref().is_some_and(|view| view.renderers.is_some()),
        "csrf_reads_body" => csrf_reads_body,
        "form_after_permission" => form_after_permission,
        "json_parser_words" => |d| wanted_detail(d).starts_with("JSON parse error - "),
        "found_after_post" => |d| d.request.path.starts_with("/auth/") && d.wanted.status == Some(302),
        "handler_says_nothing" => |d| d.case.setup.settings.exception_handler.as_deref() == Some("none"),
        "control_character" => |d| d.got.is_err_and(|error| error.contains("cannot be sent")) && has_control(d.request),
        "not_acceptable" => |d| is_obtain(d.request) && d.wanted.status == Some(406),
        "origin_of_any_case" => origin_of_any_case,
        "metadata" => |d| d.request.method == "OPTIONS" && d.wanted.body_contains.iter().any(|t| t.contains("actions")),
        "allow_on_refusal" => allow_on_refusal,
        "rate_of_zero" => |d| d.wanted.status == Some(429) && rates(d.case).any(|(_, rate)| rate.starts_with("0/")),
        "rate_of_another_grammar" => rate_of_another_grammar,
        "scope_without_rate" => |d| cannot_be_declared(d, "the scope"),
        "rates_of_one_scope" => rates_of_one_scope,
        "proxies_unset" => proxies_unset,
        "quoted_realm" => |d| wanted_challenge(d).is_some_and(|text| text.matches('"').count() > 2),
        _ => return None,
    })
}

/// The `Origin` is the application's own but for the case of its letters.
fn origin_of_any_case(d: Differing<'_>) -> bool {
    let Some([origin]) = d.request.headers.get("Origin").map(super::case::Texts::as_slice) else { return false };
    wanted_detail(d).starts_with("CSRF Failed: Origin checking failed") && origin.to_ascii_lowercase() != *origin
}

fn is_obtain(request: &Request) -> bool {
    request.path.starts_with("/api-token-auth/")
}

/// The wanted token is one that was there before: only its digest was kept.
fn fresh_token(d: Differing<'_>) -> bool {
    let wanted = d.wanted.json.as_ref().and_then(|json| json.get("token")).and_then(Value::as_str);
    let known = wanted.is_some_and(|wanted| d.case.setup.tokens.iter().any(|token| token.key == wanted));
    is_obtain(d.request) && d.wanted.status == Some(200) && known
}

/// The credentials of Basic are no base64, strictly read.
fn lenient_base64(d: Differing<'_>) -> bool {
    let Some(headers) = d.request.headers.get("Authorization") else { return false };
    let [header] = headers.as_slice() else { return false };
    let mut words = header.split_ascii_whitespace();
    let (Some(keyword), Some(word), None) = (words.next(), words.next(), words.next()) else { return false };
    let body = word.trim_end_matches('=');
    let strict = word.len().is_multiple_of(4)
        && word.len() - body.len() <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    keyword.eq_ignore_ascii_case("basic") && !strict
}

fn csrf_reads_body(d: Differing<'_>) -> bool {
    let media_type = d.wanted.status == Some(415);
    let malformed = d.wanted.status == Some(400);
    d.request.method == "POST"
        && d.request.body_raw.is_some()
        && !d.request.cookies.is_empty()
        && (media_type || malformed)
}

fn form_after_permission(d: Differing<'_>) -> bool {
    d.request.method == "POST" && d.request.form.is_some() && wanted_detail(d).starts_with("CSRF Failed: CSRF token")
}

fn wanted_detail(d: Differing<'_>) -> &str {
    d.wanted.json.as_ref().and_then(|json| json.get("detail")).and_then(Value::as_str).unwrap_or_default()
}

fn wanted_challenge(d: Differing<'_>) -> Option<&str> {
    d.wanted.headers.get("WWW-Authenticate").map(String::as_str)
}

/// Wanted is `Allow` on a refusal, and nothing else of the status is other.
fn allow_on_refusal(d: Differing<'_>) -> bool {
    let same = d.got.is_ok_and(|got| Some(got.answer.status.as_u16()) == d.wanted.status);
    same && d.wanted.headers.contains_key("Allow")
        && d.wanted.status.is_some_and(|status| [401, 403, 429].contains(&status))
}

/// The rates of the throttles of a case, with what they count by.
fn rates(case: &Case) -> impl Iterator<Item = (&str, &str)> {
    let setup = &case.setup;
    let views = [&setup.view, &setup.view2, &setup.obtain].into_iter().flatten();
    let of_views = views.flat_map(|view| view.throttles.iter().flatten().map(move |throttle| (Some(view), throttle)));
    let of_all = setup.settings.default_throttles.iter().flatten().map(|throttle| (None, throttle));
    of_views.chain(of_all).filter_map(|(view, throttle)| {
        let by_view = view.and_then(|view| view.throttle_scope.as_deref()).filter(|_| throttle.class == "scoped");
        let scope = by_view.or(throttle.scope.as_deref()).unwrap_or(&throttle.class);
        let named = || {
            let rates = throttle.rates.as_ref().or(setup.settings.default_throttle_rates.as_ref())?;
            rates.get(scope)?.as_deref()
        };
        Some((scope, throttle.rate.as_deref().or_else(named)?))
    })
}

fn cannot_be_declared(d: Differing<'_>, what: &str) -> bool {
    d.got.is_err_and(|error| error.starts_with(what) && error.ends_with(CANNOT_BE_DECLARED))
}

/// A rate does not compile here, or has a number before its period, which the framework does not know.
fn rate_of_another_grammar(d: Differing<'_>) -> bool {
    let multiplied = |(_, rate): (&str, &str)| {
        Limit::parse(rate).is_ok() && rate.split('/').nth(1).is_some_and(|period| period.starts_with(char::is_numeric))
    };
    let is_let_in = d.got.is_ok_and(|got| got.answer.status == 200);
    cannot_be_declared(d, "the rate") || d.wanted.status == Some(500) && is_let_in && rates(d.case).any(multiplied)
}

/// Two rates of one scope, between which the framework's log is shared.
fn rates_of_one_scope(d: Differing<'_>) -> bool {
    let all: Vec<_> = rates(d.case).collect();
    let differ = all.iter().any(|(scope, rate)| all.iter().any(|(other, another)| scope == other && rate != another));
    differ && d.got.is_ok_and(|got| [200, 429].contains(&got.answer.status.as_u16()))
}

/// The header says who an anonymous caller is, whoever wrote it.
fn proxies_unset(d: Differing<'_>) -> bool {
    let mut requests = d.case.pre.iter().map(|exchange| &exchange.request).chain([&d.case.request]);
    d.case.setup.settings.num_proxies.is_none()
        && d.wanted.status == Some(200)
        && d.got.is_ok_and(|got| got.answer.status == 429)
        && requests.any(|request| request.headers.contains_key("X-Forwarded-For"))
}

fn has_control(request: &Request) -> bool {
    let mut texts = request.headers.values().flat_map(super::case::Texts::as_slice);
    texts.any(|text| text.chars().any(|letter| letter.is_control() && letter != '\t' && u32::from(letter) < 0x80))
}
