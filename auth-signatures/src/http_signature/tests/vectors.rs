//! The examples of RFC 9421, and inputs that must be rejected.

use std::time::Duration;

use auth_runtime::PublicOrigin;
use auth_runtime::store::{Key, KeyAlgorithm};
use base64ct::{Base64, Encoding};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use serde_json::Value;
use zeroize::Zeroizing;

use super::super::base::{Message, RequestHead};
use super::super::component::{Components, MAX_COMPONENTS};
use super::super::error::SignatureError;
use super::super::field::{self, StructuredField};
use super::super::signature::verify;
use super::super::{MessageSigner, ResponseVerifier, input, read};
use auth_keys::SigningKey;

const STRUCTURED: [StructuredField; 1] = [StructuredField::dictionary("example-dict")];

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../tests/vectors/rfc9421.json")).unwrap()
}

fn components() -> Value {
    serde_json::from_str(include_str!("../../../tests/vectors/components.json")).unwrap()
}

/// Parses a message from text: the start line and the fields.
fn parsed(text: &str) -> (Vec<&str>, HeaderMap) {
    let mut lines = text.split("\n\n").next().unwrap().lines();
    let start = lines.next().unwrap().split(' ').collect();
    (start, fields(lines))
}

fn fields<'a>(lines: impl Iterator<Item = &'a str>) -> HeaderMap {
    lines
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            // Servers unfold lines before they expose fields.
            let value = field::canonical(value.as_bytes());
            (HeaderName::try_from(name).unwrap(), HeaderValue::from_bytes(&value).unwrap())
        })
        .collect()
}

pub(super) fn request(text: &str) -> Request<()> {
    let (start, headers) = parsed(text);
    let mut request = Request::builder().method(start[0]).uri(start[1]).body(()).unwrap();
    *request.headers_mut() = headers;
    request
}

fn response(text: &str) -> Response<()> {
    let (start, headers) = parsed(text);
    let mut response = Response::builder().status(start[1]).body(()).unwrap();
    *response.headers_mut() = headers;
    response
}

fn algorithm(vector: &Value) -> KeyAlgorithm {
    KeyAlgorithm::from_name(vector["alg"].as_str().unwrap()).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    Base64::decode_vec(value.as_str().unwrap()).unwrap()
}

/// Returns the key that verifies the signature.
fn key(vectors: &Value, vector: &Value) -> Key {
    let id = vector["keyid"].as_str().unwrap();
    let key = &vectors["keys"][id];
    let material = Zeroizing::new(bytes(if key["base64"].is_null() { &key["spki_der"] } else { &key["base64"] }));
    Key::new(id, algorithm(vector), material, None, None)
}

/// Returns the key that made the signature.
fn signing_key(vectors: &Value, vector: &Value) -> SigningKey {
    let id = vector["keyid"].as_str().unwrap();
    let key = &vectors["keys"][id];
    if key["base64"].is_null() {
        SigningKey::from_der(id, algorithm(vector), &bytes(&key["pkcs8_der"])).unwrap()
    } else {
        SigningKey::shared(id, algorithm(vector), &bytes(&key["base64"])).unwrap()
    }
}

fn put_signature(headers: &mut HeaderMap, vector: &Value) {
    if !headers.contains_key(&input::SIGNATURE_INPUT) {
        let value = |name: &str| vector[name].as_str().unwrap().parse().unwrap();
        headers.insert(&input::SIGNATURE_INPUT, value("signature_input"));
        headers.insert(&input::SIGNATURE, value("signature"));
    }
}

#[test]
fn signatures_of_the_rfc_verify_as_it_states() {
    let vectors = vectors();
    let (mut good, mut bad, mut same) = (0, 0, 0);
    for vector in vectors["vectors"].as_array().unwrap() {
        let id = vector["id"].as_str().unwrap();
        let text = match vector["message"].as_str() {
            Some(name) => &vectors["messages"][name],
            None => &vector["message_raw"],
        };
        let text = text.as_str().unwrap();
        let (parts, response) = if text.starts_with("HTTP/") {
            let (mut head, ()) = response(text).into_parts();
            put_signature(&mut head.headers, vector);
            (vector["request_raw"].as_str().map(|text| request(text).into_parts().0), Some(head))
        } else {
            let (mut head, ()) = request(text).into_parts();
            put_signature(&mut head.headers, vector);
            (Some(head), None)
        };
        let headers = match (&response, &parts) {
            (Some(response), _) => &response.headers,
            (None, parts) => &parts.as_ref().unwrap().headers,
        };
        let message = Message {
            request: parts
                .as_ref()
                .map(|parts| RequestHead::received(parts, &PublicOrigin::host_header(true)).unwrap()),
            response: response.as_ref().map(|response| (response.status, &response.headers)),
            trailers: None,
            structured: &[],
        };
        let label = vector["signature_input"].as_str().unwrap().split('=').next().unwrap();
        let inputs = read::read(headers, MAX_COMPONENTS).unwrap();
        let input = inputs.iter().find(|input| input.label() == label).unwrap();
        let base = message.base(&input.components, input.params()).unwrap();
        assert_eq!(base, vector["signature_base"].as_str().unwrap(), "{id}");
        let key = key(&vectors, vector);
        let verdict = verify(input, &base, &key, Duration::from_secs(1_618_884_490));
        if vector["valid"].as_bool().unwrap() {
            assert_eq!(verdict, Ok(()), "{id}");
            good += 1;
        } else {
            assert_eq!(verdict, Err(SignatureError::Wrong), "{id}");
            bad += 1;
        }
        let is_deterministic =
            matches!(key.algorithm(), KeyAlgorithm::HmacSha256 | KeyAlgorithm::Ed25519 | KeyAlgorithm::RsaV15Sha256);
        if is_deterministic && verdict.is_ok() {
            assert_eq!(signing_key(&vectors, vector).sign(base.as_bytes()), input.signature, "{id}");
            same += 1;
        }
        let mut changed = input.clone();
        changed.signature[0] ^= 1;
        assert_eq!(verify(&changed, &base, &key, Duration::ZERO), Err(SignatureError::Wrong), "{id}");
    }
    assert_eq!((good, bad, same), (17, 4, 7));
}

fn value_of(message: &Message<'_>, id: &str) -> Result<String, SignatureError> {
    let components = Components::parse([id])?;
    let base = message.base(&components, "()")?;
    let end = base.rfind('\n').unwrap();
    Ok(base[..end].to_owned())
}

/// Checks each line against the base's line for its component.
fn check_lines(message: &Message<'_>, lines: &Value) {
    for line in lines.as_array().unwrap() {
        let line = line.as_str().unwrap();
        let (id, _) = line.split_once(": ").unwrap();
        assert_eq!(value_of(message, id).as_deref(), Ok(line));
    }
}

fn lines_of(value: &Value) -> HeaderMap {
    fields(value.as_array().unwrap().iter().map(|line| line.as_str().unwrap()))
}

fn with_fields(headers: &HeaderMap) -> Message<'_> {
    Message { request: None, response: Some((StatusCode::OK, headers)), trailers: None, structured: &STRUCTURED }
}

#[test]
fn component_values_match_the_rfc() {
    let vectors = components();
    let headers = lines_of(&vectors["fields"]["message"]);
    check_lines(&with_fields(&headers), &vectors["fields"]["lines"]);

    let headers = fields([vectors["dict_key"]["header"].as_str().unwrap()].into_iter());
    check_lines(&with_fields(&headers), &vectors["dict_key"]["lines"]);
    assert!(value_of(&with_fields(&headers), "\"example-dict\";key=\"zz\"").is_err());

    for case in vectors["bs"].as_array().unwrap() {
        let headers = lines_of(&case["headers"]);
        for line in [&case["plain"], &case["bs"]].into_iter().filter(|line| !line.is_null()) {
            check_lines(&with_fields(&headers), &Value::Array(vec![line.clone()]));
        }
    }
    for case in vectors["derived"].as_array().unwrap() {
        let Some(described) = case["req"].as_str() else {
            let headers = HeaderMap::new();
            check_lines(&with_fields(&headers), &case["lines"]);
            continue;
        };
        let (start, https) = match described {
            "same over plain http" => ("POST /path?param=value", false),
            "no query" => ("GET /path", true),
            start => (start, true),
        };
        let (parts, ()) = request(&format!("{start}\nHost: www.example.com")).into_parts();
        let head = RequestHead::received(&parts, &PublicOrigin::host_header(https)).unwrap();
        check_lines(&Message::request(head, &[]), &case["lines"]);
    }
}

#[test]
fn invalid_components_and_fields_are_errors() {
    let (parts, ()) = request("GET /p?a=1&b=1&b=2\nHost: example.com\nX-Latin: \u{e9}\nX-A: 1").into_parts();
    let message = Message::request(RequestHead::received(&parts, &PublicOrigin::host_header(true)).unwrap(), &[]);
    let fails = |ids: &[&str]| {
        Components::parse(ids).and_then(|components| message.base(&components, "()")).expect_err(&format!("{ids:?}"))
    };
    let read = |signature_input: &str, signature: &str| {
        let headers = fields([signature_input, signature].into_iter());
        read::read(&headers, MAX_COMPONENTS)
    };
    for rule in components()["must_error"].as_array().unwrap() {
        match rule.as_str().unwrap() {
            "duplicate component identifier in the covered list" => {
                fails(&["@path", "@path"]);
                fails(&["x-a;sf;key=\"a\"", "x-a;key=\"a\";sf"]);
            }
            "unknown derived component (@foo)" => {
                fails(&["@foo"]);
            }
            "unknown component parameter" => {
                fails(&["x-a;foo"]);
                fails(&["x-a;sf=?0"]);
                fails(&["@path;sf"]);
                fails(&["@path;name=\"a\""]);
                fails(&["x-a;key=a"]);
                fails(&["x-a;bs;bs"]);
            }
            "bs together with sf or key" => {
                fails(&["x-a;bs;sf"]);
                fails(&["x-a;key=\"a\";bs"]);
            }
            "req on a request signature" => {
                fails(&["@method;req"]);
                fails(&["x-a;req"]);
            }
            "@status in a request" => {
                fails(&["@status"]);
            }
            "field absent from the message" => {
                fails(&["x-b"]);
                fails(&["x-b;bs"]);
                fails(&["content-digest;sf"]);
            }
            "query-param absent" => {
                fails(&["@query-param;name=\"c\""]);
                fails(&["@query-param"]);
            }
            "query-param occurring more than once" => {
                fails(&["@query-param;name=\"b\""]);
            }
            "@signature-params listed as a covered component" => {
                fails(&["@signature-params"]);
            }
            "non-ASCII output" => {
                fails(&["x-latin"]);
            }
            "Signature label without matching Signature-Input label" => {
                for (signature_input, signature) in [
                    ("a=()", "a=:AA==:, b=:AA==:"),
                    ("a=(), b=()", "a=:AA==:"),
                    ("a=()", "b=:AA==:"),
                    ("a=(), a=()", "a=:AA==:"),
                    ("a=()", "a=:AA==:, a=:AA==:"),
                ] {
                    let (input, signature) =
                        (format!("signature-input: {signature_input}"), format!("signature: {signature}"));
                    assert!(read(&input, &signature).is_err(), "{input} {signature}");
                }
            }
            "alg parameter disagreeing with the key's registered algorithm" => {
                let signer = SigningKey::generate("k", KeyAlgorithm::Ed25519).unwrap();
                let inputs = read("signature-input: a=();alg=\"hmac-sha256\"", "signature: a=:AA==:").unwrap();
                let verdict = verify(&inputs[0], "", &signer.verifying_key(), Duration::ZERO);
                assert_eq!(verdict, Err(SignatureError::OtherAlgorithm));
            }
            other => panic!("no test for {other}"),
        }
    }
    // Further errors that the RFC requires elsewhere.
    fails(&["X-A"]);
    fails(&["x-a;tr"]);
    fails(&["x-a;sf"]);
    fails(&[""]);
    let nothing = HeaderMap::new();
    assert!(value_of(&with_fields(&nothing), "@method").is_err(), "of a request, without `req`");
    assert!(value_of(&with_fields(&nothing), "@method;req").is_err(), "the request is not known");
    assert!(value_of(&with_fields(&nothing), "@status;req").is_err());
}

#[test]
fn components_keep_the_received_order() {
    for (received, kept) in [
        (
            "a=( \"@method\"   \"x\";sf );tag=\"t\";created=01;foo=1.50;bar",
            "(\"@method\" \"x\";sf);tag=\"t\";created=1;foo=1.5;bar",
        ),
        ("a=();keyid=\"a\\\"b\\\\c\";x=?1;y=:AA==:;z=tok", "();keyid=\"a\\\"b\\\\c\";x;y=:AA==:;z=tok"),
    ] {
        let headers = fields([&*format!("signature-input: {received}"), "signature: a=:AA==:"].into_iter());
        let inputs = read::read(&headers, MAX_COMPONENTS).unwrap();
        assert_eq!(inputs[0].params(), kept);
        assert_eq!(inputs[0].keyid().as_deref().unwrap_or("a\"b\\c"), "a\"b\\c");
    }
}

#[test]
fn too_many_or_malformed_parts_are_refused() {
    let many = |count: usize| {
        let text = (0..count).fold(String::new(), |text, number| text + &format!("{} \"x{number}\"", ""));
        format!("a=({})", text.trim())
    };
    let signatures = |count: usize| (0..count).map(|number| format!("a{number}=()")).collect::<Vec<_>>().join(", ");
    let read = |text: &str| {
        let names = text.split(", ").filter_map(|member| member.split('=').next());
        let signature = names.map(|name| format!("{name}=:AA==:")).collect::<Vec<_>>().join(", ");
        let headers = fields([&*format!("signature-input: {text}"), &*format!("signature: {signature}")].into_iter());
        read::read(&headers, MAX_COMPONENTS)
    };
    assert!(read(&many(MAX_COMPONENTS)).is_ok());
    assert!(read(&many(MAX_COMPONENTS + 1)).is_err());
    assert!(read(&signatures(8)).is_ok());
    assert!(read(&signatures(9)).is_err());
    assert!(read(&format!("a=();nonce=\"{}\"", "n".repeat(8000))).is_ok());
    assert!(read(&format!("a=();nonce=\"{}\"", "n".repeat(8200))).is_err());
    for malformed in [
        "a",
        "a=1",
        "a=(1)",
        "a=(a)",
        "a=(\"@method\"",
        "a=()x",
        "a=();created",
        "a=();created=\"1\"",
        "a=();created=-1",
        "a=();created=1.0",
        "a=();expires=a",
        "a=();keyid=k",
        "a=();nonce=1",
        "a=();alg=ed25519",
        "a=();tag",
        "a=();created=1;created=2",
        "a=();keyid=\"a\";keyid=\"b\"",
        "a=(),",
        "A=()",
    ] {
        assert!(read(malformed).is_err(), "{malformed}");
    }
    let without = fields(["signature-input: a=()"].into_iter());
    assert!(read::read(&without, MAX_COMPONENTS).is_err());
    let other = fields(["signature: keyId=\"cavage\""].into_iter());
    assert!(read::read(&other, MAX_COMPONENTS).unwrap().is_empty(), "another scheme's");
}

#[test]
fn signing_the_request_of_the_rfc_gives_its_signature() {
    let vectors = vectors();
    let all = vectors["vectors"].as_array().unwrap();
    let vector = all.iter().find(|vector| vector["id"] == "sig-b26").unwrap();
    let clock = auth_runtime::Clock::manual(Duration::from_secs(1_618_884_473));
    let signer = MessageSigner::new(signing_key(&vectors, vector))
        .with_clock(clock)
        .with_nonce(false)
        .with_label("sig-b26")
        .with_components(["date", "@method", "@path", "@authority", "content-type", "content-length"]);
    let mut request = request(vectors["messages"]["test-request"].as_str().unwrap());
    request.headers_mut().remove("content-digest");
    signer.sign(&mut request, b"").unwrap();
    assert_eq!(request.headers()["signature-input"], vector["signature_input"].as_str().unwrap());
    assert_eq!(request.headers()["signature"], vector["signature"].as_str().unwrap());
}

#[test]
fn trailers_can_be_covered_if_known() {
    let key = SigningKey::generate("server", KeyAlgorithm::Ed25519).unwrap();
    let request = request("GET /\nHost: example.com");
    let trailers = fields(["X-Checksum: 17"].into_iter());
    let components = Components::parse(["@status", "x-checksum;tr"]).unwrap();
    let params = format!("({});created=100;keyid=\"server\"", components.text);
    let none = HeaderMap::new();
    let message =
        Message { request: None, response: Some((StatusCode::OK, &none)), trailers: Some(&trailers), structured: &[] };
    let base = message.base(&components, &params).unwrap();
    let mut response = response("HTTP/1.1 200 OK");
    super::super::response::add(response.headers_mut(), "sig1", &params, &key.sign(base.as_bytes()));

    let verifier = ResponseVerifier::new([key.verifying_key()])
        .with_clock(auth_runtime::Clock::manual(Duration::from_secs(100)))
        .with_components(["@status", "x-checksum;tr"]);
    let signature = verifier.verify_with_trailers(&request, &response, b"", &trailers).unwrap();
    assert!(signature.covers("x-checksum;tr") && !signature.covers("x-checksum"));
    let changed = fields(["X-Checksum: 18"].into_iter());
    let verdict = verifier.verify_with_trailers(&request, &response, b"", &changed);
    assert_eq!(verdict.unwrap_err(), SignatureError::Wrong);
    assert!(matches!(verifier.verify(&request, &response, b"").unwrap_err(), SignatureError::Component { .. }));
}
