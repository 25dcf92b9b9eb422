//! What `recordings.json` holds.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorded {
    #[allow(dead_code)] // for the reader
    packages: BTreeMap<String, String>,
    pub(crate) scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) users: Vec<User>,
    /// The `token_ttl` of each client, in seconds.
    #[serde(default)]
    pub(crate) clients: BTreeMap<String, u64>,
    #[serde(default)]
    pub(crate) settings: Map<String, Value>,
    /// Whether HTTP Basic is let in beside tokens.
    #[serde(default)]
    pub(crate) basic: bool,
    pub(crate) steps: Vec<Step>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Framework,
    Knox,
    Durin,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    pub(crate) username: String,
    pub(crate) password: String,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// By how many seconds the clock is moved before.
    #[serde(default)]
    pub(crate) advance: u64,
    pub(crate) change: Option<Change>,
    pub(crate) request: Request,
    /// The parts of the answer that later requests name.
    #[serde(default)]
    pub(crate) save: BTreeMap<String, String>,
    pub(crate) answer: Answer,
}

/// What becomes of a user before a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    pub(crate) username: String,
    pub(crate) password: Option<String>,
    pub(crate) active: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Their letters are bytes, as in Latin-1.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) json: Option<Value>,
    pub(crate) body: Option<String>,
    #[serde(rename = "type")]
    pub(crate) media_type: Option<String>,
}

#[derive(Deserialize, Clone, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
}

impl Answer {
    /// This answer, but for what a deviation says. A header that is `null` there is not sent here.
    pub(crate) fn but(&self, here: &Map<String, Value>) -> Self {
        let mut answer = self.clone();
        for (key, value) in here {
            match (key.as_str(), value) {
                ("status", value) => answer.status = u16::deserialize(value).unwrap(),
                ("body", value) => answer.body = value.clone(),
                (header, Value::Null) => {
                    answer.headers.remove(header);
                }
                (header, value) => {
                    answer.headers.insert(header.to_owned(), value.as_str().unwrap().to_owned());
                }
            }
        }
        answer
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {}", self.status, self.headers, self.body)
    }
}

/// One exchange.
pub(crate) struct Sent {
    pub(crate) wanted: Answer,
    pub(crate) got: Answer,
}

pub(crate) fn load() -> Recorded {
    serde_json::from_str(include_str!("recordings.json")).expect("recordings.json is as record.py writes it")
}
