//! What a case wants, compared with what came.

use auth_runtime::http::HeaderValue;
use regex::Regex;
use serde_json::Value;
use tests::Answer;

use crate::case::Expect;
use crate::request::Got;

/// All that is not as wanted, one line each; empty when everything is.
pub(crate) fn check(wanted: &Expect, got: &Got) -> Vec<String> {
    let answer = &got.answer;
    let mut faults = Vec::new();
    let mut compare = |what: &str, wanted: &str, got: &str| {
        if wanted != got {
            faults.push(format!("{what}: wanted {wanted}, got {got}"));
        }
    };
    if let Some(status) = wanted.status {
        compare("status", &status.to_string(), &answer.status.as_u16().to_string());
    }
    for (name, value) in &wanted.headers {
        let got = values(answer, name);
        compare(name, value, if answer.headers.contains_key(name) { &got } else { "no such header" });
    }
    for name in &wanted.headers_absent {
        let got = values(answer, name);
        compare(name, "no such header", if answer.headers.contains_key(name) { &got } else { "no such header" });
    }
    if let Some(json) = &wanted.json {
        match serde_json::from_str::<Value>(&answer.body) {
            Ok(body) if body == *json => {}
            _ => compare("body", &json.to_string(), &answer.body),
        }
    }
    if let Some(keys) = &wanted.json_keys {
        let sorted = |mut keys: Vec<String>| {
            keys.sort();
            keys.join(", ")
        };
        let got = answer.json().as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default();
        compare("keys", &sorted(keys.clone()), &sorted(got));
    }
    for (key, pattern) in &wanted.json_match {
        let body = answer.json();
        let text = body[key].as_str();
        if !Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| text.is_some_and(|text| regex.is_match(text))) {
            compare(key, &format!("/{pattern}/"), &body[key].to_string());
        }
    }
    for text in wanted.body_contains.iter().filter(|text| !answer.body.contains(text.as_str())) {
        compare("body with", text, &answer.body);
    }
    for text in wanted.body_not_contains.iter().filter(|text| answer.body.contains(text.as_str())) {
        compare("body without", text, &answer.body);
    }
    if let Some(empty) = wanted.body_empty {
        compare("empty body", &empty.to_string(), &answer.body.is_empty().to_string());
    }
    if let Some(calls) = wanted.store_queries {
        compare("store queries", &calls.to_string(), &got.store_calls.to_string());
    }
    faults
}

/// A header sent several times is one list (RFC 9110 section 5.3).
fn values(answer: &Answer, name: &str) -> String {
    let values = answer.headers.get_all(name).iter().map(HeaderValue::as_bytes).map(String::from_utf8_lossy);
    values.collect::<Vec<_>>().join(", ")
}
