//! Property tests: no input causes a panic, signed messages are accepted, and changed ones are refused.

use std::sync::LazyLock;

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, prop_assume, proptest};
use proptest::sample::Index;
use tokio::runtime::{Builder, Runtime};

use super::super::attributes::{parse, write};
use super::super::bewit::Presented;
use super::*;

/// A server that can be shared by many requests, since it accepts none of them.
static SERVER: LazyLock<Server> = LazyLock::new(Server::new);

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

const VALUE: &str = r"[ !#-\[\]-~]{1,40}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn attributes_that_are_written_are_read(a in VALUE, b in proptest::option::of(VALUE), c in VALUE) {
        let text = write(&[("a", Some(&a)), ("b", b.as_deref()), ("c", Some(&c))]);
        let read = parse(text.strip_prefix("Hawk").unwrap(), ["a", "b", "c"]);
        prop_assert_eq!(read, Ok([Some(a.as_str()), b.as_deref(), Some(c.as_str())]));
    }

    #[test]
    fn attributes_that_are_read_are_values(text in "[abx=\", \t\\\\é]{0,30}") {
        if let Ok(values) = parse(&text, ["a", "b"]) {
            prop_assert!(values.iter().flatten().all(|value| super::super::attributes::is_value(value)), "{}", text);
            prop_assert!(values.iter().any(Option::is_some));
        }
    }

    #[test]
    fn a_bewit_is_found_where_it_was_put(path in "/[a-z/]{0,9}", query in "[a-z&=?%]{0,20}", at in 0..9_usize) {
        let parameters: Vec<&str> = query.split('&').collect();
        prop_assume!(!parameters.iter().any(|parameter| parameter.starts_with("bewit")));
        let at = at % (parameters.len() + 1);
        let mut with = parameters.clone();
        with.insert(at, "bewit=VALUE");
        let given = format!("{path}?{}", with.join("&"));
        let found = Presented::find(&given).unwrap().unwrap_or_else(|reason| panic!("{reason}"));
        prop_assert_eq!(found.value, "VALUE");
        prop_assert_eq!(found.resource, format!("{path}?{query}"));
    }

    #[test]
    fn no_header_lets_anybody_in(value in proptest::collection::vec(any::<u8>(), 0..200), attributes in any::<bool>()) {
        let text = if attributes {
            [b"Hawk id=\"dh37fgj492je\", ts=\"1353832234\", nonce=\"x\", ", &value[..]].concat()
        } else {
            [b"Hawk ", &value[..]].concat()
        };
        if let Ok(value) = HeaderValue::from_bytes(&text) {
            let mut request = get(URL);
            request.headers_mut().insert(AUTHORIZATION, value);
            let answer = runtime().block_on(SERVER.send(request));
            prop_assert_eq!(answer.head.status, StatusCode::UNAUTHORIZED);
        }
    }

    #[test]
    fn no_response_is_believed_without_its_mac(text in "(Hawk|hawk| |,|\"|=|mac|hash|ext|ts|tsm|[a-z0-9é\t]){0,30}") {
        let client = client(key("dh37fgj492je", KeyAlgorithm::HmacSha256, K1));
        let artifacts = client.sign(&mut get(URL), &SignOptions::new()).unwrap();
        if let Ok(value) = HeaderValue::from_bytes(format!("Hawk {text}").as_bytes()) {
            let mut head = http::Response::new(()).into_parts().0;
            head.headers.insert("server-authorization", value.clone());
            head.headers.insert(WWW_AUTHENTICATE, value);
            prop_assert!(client.verify_response(&artifacts, &head, None).is_err());
            prop_assert!(client.resync(&head) != Ok(true));
        }
    }

    #[test]
    fn what_is_signed_is_accepted_and_what_is_changed_refused(
        ext in proptest::option::of(VALUE),
        app in proptest::option::of(VALUE),
        nonce in VALUE,
        body in proptest::collection::vec(any::<u8>(), 0..60),
        query in "[a-z0-9&=%+;?/-]{0,30}",
        at in any::<Index>(),
        bit in 0..7_u32,
    ) {
        let server = Server::new();
        let url = format!("https://example.com/resource/1?{query}");
        let mut options = SignOptions::new().with_nonce(&nonce);
        if let Some(ext) = &ext {
            options = options.with_ext(ext);
        }
        if let Some(app) = &app {
            options = options.with_delegated_app(app, "dlg");
        }
        let mut request = post(&url, "application/json", body.clone());
        server.client().sign(&mut request, &options).unwrap();

        // Flips one bit of the attributes or of the body.
        let text = header(&request).into_bytes();
        let start = "Hawk ".len();
        let at = at.index(text.len() - start + body.len());
        let mut changed = request.clone();
        if let Some(at) = at.checked_sub(text.len() - start) {
            changed.body_mut()[at] ^= 1 << bit;
        } else {
            let mut text = text;
            text[start + at] ^= 1 << bit;
            match HeaderValue::from_bytes(&text) {
                Ok(value) => changed.headers_mut().insert(AUTHORIZATION, value),
                Err(_) => return Ok(()),
            };
        }
        let (changed, good) =
            runtime().block_on(async { (SERVER.send(changed).await, server.send(request).await) });
        prop_assert_eq!(changed.head.status, StatusCode::UNAUTHORIZED);
        prop_assert_eq!(good.head.status, StatusCode::OK);
        let told = format!("ada|dh37fgj492je|{ext:?}|{app:?}|");
        prop_assert!(good.body.starts_with(told.as_bytes()));
        prop_assert!(good.body.ends_with(&body));
    }
}
