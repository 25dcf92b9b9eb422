//! The form of a client: the typed fields, their errors, and the resulting client.

use std::collections::BTreeMap;
use std::time::Duration;

use auth_runtime::TrustedOrigin;
use auth_runtime::store::{AtLimit, Client};
use auth_runtime::throttle::Limit;
use maud::{Markup, html};
use serde::Deserialize;

use crate::lifetime;

const REFUSE: &str = "refuse";
const END_OLDEST: &str = "end-oldest";

/// The fields as they were typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    pub(super) name: String,
    idle_lifetime: String,
    absolute_lifetime: String,
    access_lifetime: String,
    max_logins: String,
    at_limit: String,
    /// `None` if the box is not ticked.
    single_login: Option<String>,
    rate: String,
    allowed_origins: String,
}

/// The errors, by field name.
#[derive(Debug, Default)]
pub(super) struct Faults(BTreeMap<&'static str, String>);

impl Faults {
    pub(super) fn add(&mut self, field: &'static str, fault: impl ToString) {
        self.0.entry(field).or_insert_with(|| fault.to_string());
    }

    fn of(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// Returns the value, or records the error of the field.
    fn take<T: Default, E: ToString>(&mut self, field: &'static str, value: Result<T, E>) -> T {
        value.unwrap_or_else(|fault| {
            self.add(field, fault);
            T::default()
        })
    }
}

impl From<&Client> for Fields {
    fn from(client: &Client) -> Self {
        let lifetime = |lifetime: &Option<Duration>| lifetime.map(lifetime::format).unwrap_or_default();
        let origins: Vec<String> = client.allowed_origins().iter().map(ToString::to_string).collect();
        Self {
            name: client.name().to_owned(),
            idle_lifetime: lifetime(client.idle_lifetime()),
            absolute_lifetime: lifetime(client.absolute_lifetime()),
            access_lifetime: lifetime(client.access_lifetime()),
            max_logins: client.max_logins().map(|most| most.to_string()).unwrap_or_default(),
            at_limit: if *client.at_limit() == AtLimit::EndOldest { END_OLDEST } else { REFUSE }.to_owned(),
            single_login: client.single_login().then(|| "on".to_owned()),
            rate: client.rate().map(|rate| rate.to_string()).unwrap_or_default(),
            allowed_origins: origins.join("\n"),
        }
    }
}

impl Fields {
    /// Returns the same fields without the name, for a new client.
    pub(super) fn without_name(self) -> Self {
        Self { name: String::new(), ..self }
    }

    /// Returns a client named `name` with the typed values.
    ///
    /// # Errors
    ///
    /// Returns the errors of all fields.
    pub(super) fn check(&self, name: &str) -> Result<Client, Faults> {
        let mut faults = Faults::default();
        let client = match Client::new(name) {
            Ok(client) => client,
            Err(fault) => {
                faults.add("name", sentence(&fault.to_string()));
                Client::default()
            }
        };
        let client = client
            .with_idle_lifetime(faults.take("idle_lifetime", lifetime::parse(&self.idle_lifetime)))
            .with_absolute_lifetime(faults.take("absolute_lifetime", lifetime::parse(&self.absolute_lifetime)))
            .with_access_lifetime(faults.take("access_lifetime", lifetime::parse(&self.access_lifetime)))
            .with_max_logins(faults.take("max_logins", most(&self.max_logins)))
            .with_at_limit(faults.take("at_limit", at_limit(&self.at_limit)))
            .with_single_login(self.single_login.is_some())
            .with_rate(faults.take("rate", rate(&self.rate)))
            .with_allowed_origins(faults.take("allowed_origins", origins(&self.allowed_origins)));
        if faults.0.is_empty() { Ok(client) } else { Err(faults) }
    }
}

fn most(text: &str) -> Result<Option<u32>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map(Some).map_err(|_| "The number is too large. Leave the field empty for no limit.")
        }
        _ => Err("Write a whole number, or leave the field empty for no limit."),
    }
}

fn at_limit(value: &str) -> Result<AtLimit, &'static str> {
    match value {
        REFUSE => Ok(AtLimit::Refuse),
        END_OLDEST => Ok(AtLimit::EndOldest),
        _ => Err("Choose one of these."),
    }
}

fn rate(text: &str) -> Result<Option<Limit>, String> {
    match text.trim() {
        "" => Ok(None),
        text => {
            text.parse().map(Some).map_err(|fault: auth_runtime::throttle::InvalidLimit| sentence(&fault.to_string()))
        }
    }
}

fn origins(text: &str) -> Result<Vec<TrustedOrigin>, String> {
    let origin = |word| {
        TrustedOrigin::parse(word).map_err(|fault| format!("“{word}” is none: {}.", fault.to_string().replace('`', "")))
    };
    text.split_whitespace().map(origin).collect()
}

/// Turns the message of an error into a sentence, without backticks.
fn sentence(words: &str) -> String {
    let words = words.replace('`', "");
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// Renders the fields of the form. The name is a field only when creating a client.
pub(super) fn markup(fields: &Fields, faults: &Faults, is_new: bool) -> Markup {
    html! {
        @if !faults.0.is_empty() {
            div.error role="alert" {
                p { "Nothing was saved. Look at these fields:" }
                ul {
                    @for field in FIELDS.iter().filter(|field| faults.of(field.name).is_some()) {
                        li { a href=(format!("#{}", field.name)) { (field.label) } }
                    }
                }
            }
        }
        @for field in FIELDS.iter().filter(|field| is_new || field.name != "name") {
            (field.markup(fields, faults))
        }
    }
}

/// One field of the form.
struct Field {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: Kind,
}

enum Kind {
    Line(fn(&Fields) -> &str),
    Number(fn(&Fields) -> &str),
    Lines(fn(&Fields) -> &str),
    Choice(&'static [(&'static str, &'static str)], fn(&Fields) -> &str),
    Box(fn(&Fields) -> bool),
}

/// The fields in the order in which the page shows them.
const FIELDS: [Field; 9] = [
    Field {
        name: "name",
        label: "Name",
        hint: "1 to 64 letters, digits, -, _ and ., such as web or phone-2. It cannot be changed later.",
        kind: Kind::Line(|fields| &fields.name),
    },
    Field {
        name: "absolute_lifetime",
        label: "Lifetime of a login",
        hint: "How long it is good for at most, such as 90d or 12h. Empty is without limit.",
        kind: Kind::Line(|fields| &fields.absolute_lifetime),
    },
    Field {
        name: "idle_lifetime",
        label: "Lifetime while unused",
        hint: "How long a login may go unused, such as 14d. Empty is without limit.",
        kind: Kind::Line(|fields| &fields.idle_lifetime),
    },
    Field {
        name: "access_lifetime",
        label: "Lifetime of an access token",
        hint: "How long before it must be renewed, such as 15m; never longer than its login. Empty is as long as its login.",
        kind: Kind::Line(|fields| &fields.access_lifetime),
    },
    Field {
        name: "max_logins",
        label: "Logins of one account",
        hint: "How many there may be at once. Empty is without limit, 0 lets nobody in.",
        kind: Kind::Number(|fields| &fields.max_logins),
    },
    Field {
        name: "at_limit",
        label: "At that number",
        hint: "",
        kind: Kind::Choice(&[(REFUSE, "Refuse the new login"), (END_OLDEST, "End the oldest login")], |fields| {
            &fields.at_limit
        }),
    },
    Field {
        name: "single_login",
        label: "A login ends every other login of the account, of whatever client",
        hint: "",
        kind: Kind::Box(|fields| fields.single_login.is_some()),
    },
    Field {
        name: "rate",
        label: "Requests of one account",
        hint: "A number and a period, such as 100/hour or 10/10minute. Empty is without limit.",
        kind: Kind::Line(|fields| &fields.rate),
    },
    Field {
        name: "allowed_origins",
        label: "Origins that a browser may log in from",
        hint: "One a line, such as https://app.example.org or https://*.example.org. Empty is from everywhere.",
        kind: Kind::Lines(|fields| &fields.allowed_origins),
    },
];

impl Field {
    fn markup(&self, fields: &Fields, faults: &Faults) -> Markup {
        let Self { name, label, hint, kind } = self;
        let fault = faults.of(name);
        let hint_id = (!hint.is_empty()).then(|| format!("{name}-hint"));
        let fault_id = fault.map(|_| format!("{name}-fault"));
        let described: Vec<&str> = [&fault_id, &hint_id].into_iter().flatten().map(String::as_str).collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let invalid = fault.map(|_| "true");
        let notes = html! {
            @if let Some(id) = &hint_id { p.hint id=(id) { (hint) } }
            @if let (Some(id), Some(fault)) = (&fault_id, fault) { p.error id=(id) { (fault) } }
        };
        match kind {
            Kind::Line(value) | Kind::Number(value) => {
                let digits = matches!(kind, Kind::Number(_)).then_some("numeric");
                html! {
                    div.field {
                        label for=(name) { (label) }
                        (notes)
                        input id=(name) name=(name) value=(value(fields)) inputmode=[digits] autocomplete="off"
                            autocapitalize="none" spellcheck="false" required[*name == "name"]
                            aria-describedby=[described] aria-invalid=[invalid];
                    }
                }
            }
            Kind::Lines(value) => html! {
                div.field {
                    label for=(name) { (label) }
                    (notes)
                    // A browser drops the first line break after the tag, so this adds one.
                    textarea id=(name) name=(name) rows="4" autocapitalize="none" spellcheck="false"
                        aria-describedby=[described] aria-invalid=[invalid] { "\n" (value(fields)) }
                }
            },
            Kind::Choice(choices, value) => html! {
                fieldset id=(name) aria-describedby=[described] {
                    legend { (label) }
                    (notes)
                    div.choices {
                        @for (choice, text) in *choices {
                            label { input type="radio" name=(name) value=(choice) checked[value(fields) == *choice]; " " (text) }
                        }
                    }
                }
            },
            Kind::Box(is_ticked) => html! {
                div.field.tick { label { input id=(name) type="checkbox" name=(name) checked[is_ticked(fields)]; " " (label) } }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_of_a_client_gives_the_same_client() {
        let full = Client::new("web")
            .unwrap()
            .with_idle_lifetime(None)
            .with_absolute_lifetime(Some(Duration::from_millis(90_061_001)))
            .with_access_lifetime(Some(Duration::from_secs(900)))
            .with_max_logins(Some(3))
            .with_at_limit(AtLimit::EndOldest)
            .with_single_login(true)
            .with_rate(Some(Limit::new(10, Duration::from_secs(600))))
            .with_allowed_origins(vec![
                TrustedOrigin::parse("https://a.example:8443").unwrap(),
                TrustedOrigin::parse("https://*.example.org").unwrap(),
            ]);
        for client in [full, Client::default()] {
            assert_eq!(Fields::from(&client).check(client.name()).unwrap(), client);
        }
    }

    #[test]
    fn all_errors_are_reported_at_once() {
        let text = || "x".to_owned();
        let wrong = Fields {
            name: String::new(),
            idle_lifetime: text(),
            absolute_lifetime: text(),
            access_lifetime: text(),
            max_logins: "-1".to_owned(),
            at_limit: text(),
            single_login: None,
            rate: text(),
            allowed_origins: "https://a.example x".to_owned(),
        };
        let faults = wrong.check("no name").unwrap_err();
        let named: Vec<_> = faults.0.keys().copied().collect();
        let all = FIELDS.iter().map(|field| field.name).filter(|name| *name != "single_login");
        let mut all: Vec<_> = all.collect();
        all.sort_unstable();
        assert_eq!(named, all);
        assert!(faults.of("allowed_origins").unwrap().starts_with("“x” is none: an origin is "));
        assert_eq!(most("4294967296").unwrap_err(), "The number is too large. Leave the field empty for no limit.");
    }
}
