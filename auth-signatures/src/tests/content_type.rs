//! The headers that describe how a body is read are signed with it.

use super::*;

const JSON: (&str, &str) = ("content-type", "application/json");
const GZIP: (&str, &str) = ("content-encoding", "gzip");

/// Changes a header of the request as it arrives; `None` removes it.
fn altered(mut request: Request<Bytes>, name: &'static str, value: Option<&str>) -> Request<Bytes> {
    request.headers_mut().remove(name);
    if let Some(value) = value {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

#[tokio::test]
async fn changed_content_type_is_refused() {
    let clock = Clock::manual(NOW);
    let server = start(keys(), &clock);
    for scheme in SCHEMES {
        let path = format!("/{scheme}");
        let typed = || sign(request(&path, &[JSON], "a=1"), &clock);
        let form = Some("application/x-www-form-urlencoded");
        for (value, why) in [(form, "another"), (None, "none")] {
            assert_eq!(status(&server, &altered(typed(), "content-type", value)).await, 401, "{scheme}: {why}");
        }
        let untyped = altered(sign(request(&path, &[], "a=1"), &clock), "content-type", form);
        assert_eq!(status(&server, &untyped).await, 401, "{scheme}: one where there was none");
        assert_eq!(status(&server, &typed()).await, 200, "{scheme}: the same");
        assert_eq!(status(&server, &sign(request(&path, &[], "a=2"), &clock)).await, 200, "{scheme}: none");
    }
}

#[tokio::test]
async fn changed_content_encoding_is_refused() {
    let clock = Clock::manual(NOW);
    let server = start(keys(), &clock);
    for scheme in ["message", "cavage"] {
        let path = format!("/{scheme}");
        for (signed, value, expected) in
            [(&[JSON, GZIP][..], None, 401), (&[JSON], Some("gzip"), 401), (&[JSON, GZIP], Some("gzip"), 200)]
        {
            let request = altered(sign(request(&path, signed, "a=1"), &clock), "content-encoding", value);
            assert_eq!(status(&server, &request).await, expected, "{scheme}: {signed:?} {value:?}");
        }
    }
}

#[tokio::test]
async fn callers_that_do_not_sign_the_content_type_need_an_option() {
    let clock = Clock::manual(NOW);
    let server = start(keys(), &clock);
    for (path, expected) in [("/message", 401), ("/cavage", 401), ("/untyped-message", 200), ("/untyped-cavage", 200)] {
        let old = altered(sign(request(path, &[], "a=1"), &clock), "content-type", Some("text/plain"));
        assert_eq!(status(&server, &old).await, expected, "{path}");
        let other = altered(sign(request(path, &[JSON], "a=1"), &clock), "content-type", Some("text/plain"));
        assert_eq!(status(&server, &other).await, 401, "{path}: one that is signed counts");
    }
}

#[tokio::test]
async fn content_type_without_content_may_be_unsigned() {
    let clock = Clock::manual(NOW);
    let server = start(keys(), &clock);
    for scheme in ["message", "cavage"] {
        let request =
            altered(sign(request(&format!("/{scheme}"), &[], ""), &clock), "content-type", Some("text/plain"));
        assert_eq!(status(&server, &request).await, 200, "{scheme}");
    }
}

#[tokio::test]
async fn refusal_names_the_unsigned_content_type() {
    let server = start(keys(), &Clock::manual(NOW));
    for (headers, wanted) in [
        (&[JSON, GZIP][..], "\"content-digest\" \"content-type\" \"content-encoding\""),
        (&[JSON], "\"content-digest\" \"content-type\""),
        (&[], "\"content-digest\""),
    ] {
        let request = on_the_wire(request("/message", headers, "a=1")).map(Body::from);
        let response = server.clone().oneshot(request).await.unwrap();
        let expected = format!("sig1=(\"@method\" \"@target-uri\" {wanted});created");
        assert_eq!(response.headers()["accept-signature"], expected.as_str());
    }
}
