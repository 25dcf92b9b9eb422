//! Documents are valid OpenAPI 3.1: what the specification says of paths, parameters, responses, references and security.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::audit;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// What the specification forbids in this document; sections are those of OpenAPI 3.1.
struct Faults<'a> {
    document: &'a Value,
    found: Vec<String>,
}

impl<'a> Faults<'a> {
    fn of(document: &'a Value) -> Vec<String> {
        let mut faults = Self { document, found: Vec::new() };
        let version = document["openapi"].as_str().unwrap_or_default();
        faults.unless(version.starts_with("3.1."), || format!("the version {version:?}"));
        for field in ["title", "version"] {
            faults.unless(document["info"][field].is_string(), || format!("info without {field}"));
        }
        let schemes = faults.schemes();
        faults.requirements("the document", &document["security"], &schemes);
        faults.paths(&schemes);
        faults.references(document);
        faults.found
    }

    fn unless(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.found.push(fault());
        }
    }

    /// Security schemes (4.8.27) under names of components (4.8.7.1).
    fn schemes(&mut self) -> BTreeSet<&'a str> {
        let Some(schemes) = self.document["components"]["securitySchemes"].as_object() else { return BTreeSet::new() };
        for (name, scheme) in schemes {
            let plain = |char: char| char.is_ascii_alphanumeric() || "._-".contains(char);
            self.unless(!name.is_empty() && name.chars().all(plain), || format!("the name of the scheme {name:?}"));
            let text = |field: &str| scheme[field].as_str().unwrap_or_default();
            let is_well_formed = match text("type") {
                // Registered in lower case; a header of another keyword is an `apiKey`.
                "http" => ["basic", "bearer"].contains(&text("scheme")),
                "apiKey" => ["query", "header", "cookie"].contains(&text("in")) && !text("name").is_empty(),
                _ => false,
            };
            self.unless(is_well_formed, || format!("the scheme {name}: {scheme}"));
        }
        schemes.keys().map(String::as_str).collect()
    }

    /// Each requirement names schemes of the document (4.8.30); such a scheme has no scopes to list.
    fn requirements(&mut self, place: &str, security: &Value, schemes: &BTreeSet<&str>) {
        if security.is_null() {
            return;
        }
        self.unless(security.is_array(), || format!("the security of {place}"));
        for requirement in security.as_array().into_iter().flatten() {
            self.unless(requirement.is_object(), || format!("a requirement of {place}"));
            for (name, scopes) in requirement.as_object().into_iter().flatten() {
                self.unless(schemes.contains(name.as_str()), || format!("{place} requires the unknown {name}"));
                self.unless(*scopes == json!([]), || format!("{place} requires scopes of {name}"));
            }
        }
    }

    /// Paths (4.8.8) and operations (4.8.10).
    fn paths(&mut self, schemes: &BTreeSet<&str>) {
        let mut ids = BTreeSet::new();
        for (path, item) in self.document["paths"].as_object().into_iter().flatten() {
            self.unless(path.starts_with('/'), || format!("the path {path}"));
            for (method, operation) in METHODS.iter().filter_map(|method| Some((method, item.get(method)?))) {
                let place = format!("{method} {path}");
                self.requirements(&place, &operation["security"], schemes);
                self.parameters(&place, path, [&item["parameters"], &operation["parameters"]]);
                self.responses(&place, &operation["responses"]);
                let id = operation["operationId"].as_str();
                self.unless(id.is_none_or(|id| ids.insert(id)), || format!("the operationId of {place}"));
            }
        }
    }

    /// Every name in the template is a parameter, is required and has a schema, and no others are in the path (4.8.12).
    fn parameters(&mut self, place: &str, path: &str, declared: [&Value; 2]) {
        let names = path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
        let mut missing: BTreeSet<_> = names.collect();
        for parameter in declared.into_iter().filter_map(Value::as_array).flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let has_schema = parameter["schema"].is_object() || parameter["content"].is_object();
            let is_right = match parameter["in"].as_str() {
                Some("path") => parameter["required"] == true && missing.remove(name),
                Some("query" | "header" | "cookie") => !name.is_empty(),
                _ => false,
            };
            self.unless(is_right && has_schema, || format!("the parameter {name:?} of {place}"));
        }
        self.unless(missing.is_empty(), || format!("{place} declares no {missing:?}"));
    }

    /// At least one, under a status, a class of them or `default`, with a description (4.8.16, 4.8.17).
    fn responses(&mut self, place: &str, responses: &Value) {
        let responses = responses.as_object();
        self.unless(responses.is_some_and(|responses| !responses.is_empty()), || format!("{place} answers nothing"));
        for (status, response) in responses.into_iter().flatten() {
            let is_status = status.len() == 3
                && matches!(status.as_bytes(), [b'1'..=b'5', rest @ ..]
                if rest == b"XX" || rest.iter().all(u8::is_ascii_digit));
            self.unless(is_status || status == "default", || format!("the status {status} of {place}"));
            let is_described = response["description"].is_string() || response["$ref"].is_string();
            self.unless(is_described, || format!("the answer {status} of {place}"));
        }
    }

    /// Whatever is referred to is there.
    fn references(&mut self, value: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                    let target = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
                    self.unless(target.is_some(), || format!("the reference {reference}"));
                }
                fields.values().for_each(|value| self.references(value));
            }
            Value::Array(items) => items.iter().for_each(|value| self.references(value)),
            _ => {}
        }
    }
}

/// The document of `examples/openapi`.
fn example() -> Value {
    serde_json::to_value(::openapi::document(&tests::settings())).unwrap()
}

#[test]
fn documents_are_valid() {
    assert_eq!(Faults::of(&audit::document()), [""; 0]);
    assert_eq!(Faults::of(&example()), [""; 0]);
}

#[test]
fn what_is_not_valid_is_found() {
    let report = "/paths/~1reports~1{year}/get";
    for (place, value, fault) in [
        ("/openapi".to_owned(), json!("3.0.3"), "the version \"3.0.3\""),
        ("/info/title".to_owned(), Value::Null, "info without title"),
        ("/components/securitySchemes/http_basic/scheme".to_owned(), json!("digestive"), "the scheme http_basic"),
        (format!("{report}/security/0"), json!({ "gone": [] }), "get /reports/{year} requires the unknown gone"),
        (format!("{report}/security/0/http_bearer"), json!(["read"]), "get /reports/{year} requires scopes"),
        (format!("{report}/parameters"), json!([]), "get /reports/{year} declares no {\"year\"}"),
        (format!("{report}/parameters/0/required"), json!(false), "the parameter \"year\" of get /reports/{year}"),
        (format!("{report}/responses"), json!({}), "get /reports/{year} answers nothing"),
        (format!("{report}/responses/401"), json!({}), "the answer 401 of get /reports/{year}"),
        (format!("{report}/operationId"), json!("me"), "the operationId of get /reports/{year}"),
        ("/components/schemas".to_owned(), json!({}), "the reference #/components/schemas/"),
        ("/paths".to_owned(), json!({ "health": {} }), "the path health"),
    ] {
        let mut document = example();
        *document.pointer_mut(&place).expect(&place) = value;
        let found = Faults::of(&document);
        assert!(found.iter().any(|found| found.starts_with(fault)), "{place}: {found:?}");
    }
}
