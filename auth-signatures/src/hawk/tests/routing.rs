//! Routers, proxies, guards, and the error if the layer is missing.

use super::super::SignError;
use super::*;

#[tokio::test]
async fn path_is_verified_as_the_caller_sent_it() {
    let server = Server::new();
    server.get("https://example.com/api/v1/resource/1?b=1").await.assert_good();
    server.get("https://example.com/resource/%41?a=%20&b=+&c").await.assert_good();
    server.get("https://example.com/resource/1?").await.assert_good();
    let mut inner = get("https://example.com/resource/1");
    server.client().sign(&mut inner, &SignOptions::new()).unwrap();
    *inner.uri_mut() = "https://example.com/api/v1/resource/1".parse().unwrap();
    server.send(inner).await.assert_failed();
}

#[tokio::test]
async fn a_proxy_may_change_origin_and_path() {
    let public = PublicOrigin::configured("https://api.example.org").unwrap().with_path_prefix("/shop");
    let server = Server::seen_as(public);
    let mut request = get("https://api.example.org/shop/resource/1?b=1");
    server.client().sign(&mut request, &SignOptions::new()).unwrap();
    *request.uri_mut() = "http://10.0.0.7:3000/resource/1?b=1".parse().unwrap();
    server.send(request).await.assert_good();
}

#[tokio::test]
async fn http_2_request_without_host_header_verifies() {
    let server = Server::new();
    for url in [URL, "https://EXAMPLE.com/resource/1", "https://[::1]:8000/resource/1"] {
        let mut request = get(url);
        server.client().sign(&mut request, &SignOptions::new()).unwrap();
        server.send_body(request.map(Body::from)).await.assert_good();
    }
}

#[tokio::test]
async fn request_without_host_is_malformed() {
    let server = Server::new();
    let mut request = get(URL);
    server.client().sign(&mut request, &SignOptions::new()).unwrap();
    *request.uri_mut() = "/resource/1?b=1&a=2".parse().unwrap();
    server.send(request).await.assert_malformed();
}

#[tokio::test]
async fn guard_and_handler_use_the_nonce_once() {
    let server = Server::new();
    let mut request = post("https://example.com/guarded", "text/plain", "body");
    server.client().sign(&mut request, &SignOptions::new()).unwrap();
    assert!(server.send(request.clone()).await.assert_good().ends_with("|true|body"));
    assert_eq!(server.backend().recorded.load(Ordering::SeqCst), 1);
    server.send(request).await.assert_failed();
    let mut request = post("https://example.com/guarded", "text/plain", "body");
    server.client().sign(&mut request, &SignOptions::new()).unwrap();
    request.body_mut().push(b'!');
    server.send(request).await.assert_failed();
}

#[tokio::test]
async fn unknown_path_is_404_whether_signed_or_not() {
    let server = Server::new();
    let url = "https://example.com/nothing";
    assert_eq!(server.send(get(url)).await.head.status, StatusCode::NOT_FOUND);
    assert_eq!(server.get(url).await.head.status, StatusCode::NOT_FOUND);
    let mut request = get(url);
    set_header(&mut request, "Hawk mac=\"x\"");
    assert_eq!(server.send(request).await.head.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn missing_layer_is_a_server_error() {
    let Server { app, clock, .. } = Server::new();
    let router = Router::new().route("/resource/{id}", any(plain)).with_state(app.clone());
    let server = Server { app, clock, router };
    assert_eq!(server.get(URL).await.head.status, StatusCode::INTERNAL_SERVER_ERROR);
    server.send(get(URL)).await.assert_not_attempted();
}

#[test]
fn signing_errors_name_the_problem() {
    let client = Server::new().client();
    let sign = |url: &str, options: SignOptions| client.sign(&mut get(url), &options).unwrap_err();
    for relative in ["/resource", "ftp://example.com/", "*", "example.com:80"] {
        assert_eq!(sign(relative, SignOptions::new()), SignError::RelativeUri, "{relative}");
    }
    for bad in ["", "a\"b", "a\\b", "a\nb", "é"] {
        let new = SignOptions::new;
        assert_eq!(sign(URL, new().with_ext(bad)), SignError::InvalidAttribute("ext"), "{bad}");
        assert_eq!(sign(URL, new().with_app(bad)), SignError::InvalidAttribute("app"), "{bad}");
        assert_eq!(sign(URL, new().with_delegated_app("a", bad)), SignError::InvalidAttribute("dlg"), "{bad}");
        assert_eq!(sign(URL, new().with_nonce(bad)), SignError::InvalidAttribute("nonce"), "{bad}");
        assert_eq!(sign(URL, new().with_hash(bad)), SignError::InvalidAttribute("hash"), "{bad}");
    }
    assert_eq!(sign(URL, SignOptions::new().with_ext("a".repeat(4096))), SignError::TooLong);
}

#[test]
fn invalid_options_do_not_compile() {
    let declare = |scheme: Hawk| std::panic::catch_unwind(move || scheme.declare()).is_ok();
    assert!(declare(Hawk::DEFAULT));
    for max_skew in [1, 3600] {
        assert!(declare(Hawk { max_skew, ..Hawk::DEFAULT }));
    }
    for max_skew in [0, 3601, u64::MAX] {
        assert!(!declare(Hawk { max_skew, ..Hawk::DEFAULT }));
    }
    assert!(!declare(Hawk { body_limit: 0, ..Hawk::DEFAULT }));
    assert!(declare(Hawk { stream: true, ..Hawk::DEFAULT }));
    assert!(!declare(Hawk { stream: true, body_limit: 1, ..Hawk::DEFAULT }));
}
