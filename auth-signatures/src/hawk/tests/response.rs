//! Signed responses.

use super::super::{Artifacts, ResponseError};
use super::*;

async fn exchange(server: &Server, url: &str, options: &SignOptions) -> (Artifacts, Answer) {
    let mut request = get(url);
    let artifacts = server.client().sign(&mut request, options).unwrap();
    (artifacts, server.send(request).await)
}

fn verified(server: &Server, artifacts: &Artifacts, answer: &Answer) -> Result<Option<String>, ResponseError> {
    server.client().verify_response(artifacts, &answer.head, Some(&answer.body))
}

#[tokio::test]
async fn a_response_is_signed_and_verified() {
    let server = Server::new();
    let (artifacts, answer) = exchange(&server, URL, &SignOptions::new().with_ext("data").with_app("my-app")).await;
    answer.assert_good();
    assert_eq!(verified(&server, &artifacts, &answer), Ok(None));
    assert_eq!(answer.head.headers.get_all("server-authorization").iter().count(), 1);
    let stranger = client(key("dh37fgj492je", KeyAlgorithm::HmacSha256, "another secret of many bytes"));
    let verdict = stranger.verify_response(&artifacts, &answer.head, Some(&answer.body));
    assert_eq!(verdict, Err(ResponseError::WrongMac));
}

#[tokio::test]
async fn modified_response_is_refused() {
    let server = Server::new();
    let (artifacts, mut answer) =
        exchange(&server, URL, &SignOptions::new().with_delegated_app("my-app", "my-dlg")).await;
    answer.body.push(b'!');
    assert_eq!(verified(&server, &artifacts, &answer), Err(ResponseError::WrongBody));
    answer.body.pop();
    answer.head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    assert_eq!(verified(&server, &artifacts, &answer), Err(ResponseError::WrongBody));
    answer.head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    assert_eq!(verified(&server, &artifacts, &answer), Ok(None));

    let text = |text: &str| Some(text.to_owned());
    for other in [
        Artifacts { resource: "/resource/2".to_owned(), ..artifacts.clone() },
        Artifacts { method: "POST".to_owned(), ..artifacts.clone() },
        Artifacts { nonce: "other".to_owned(), ..artifacts.clone() },
        Artifacts { ts: "1".to_owned(), ..artifacts.clone() },
        Artifacts { host: "example.org".to_owned(), ..artifacts.clone() },
        Artifacts { port: 8001, ..artifacts.clone() },
        Artifacts { app: text("other"), ..artifacts.clone() },
        Artifacts { dlg: text("other"), ..artifacts.clone() },
        Artifacts { dlg: None, ..artifacts.clone() },
    ] {
        assert_eq!(verified(&server, &other, &answer), Err(ResponseError::WrongMac), "{other:?}");
    }
}

#[tokio::test]
async fn only_one_well_formed_signature_header_is_accepted() {
    let server = Server::new();
    let (artifacts, answer) = exchange(&server, URL, &SignOptions::new()).await;
    let signature = answer.head.headers["server-authorization"].clone();
    let with = |values: &[&str]| {
        let mut head = answer.head.clone();
        head.headers.remove("server-authorization");
        for value in values {
            head.headers.append("server-authorization", HeaderValue::from_str(value).unwrap());
        }
        server.client().verify_response(&artifacts, &head, Some(&answer.body))
    };
    let good = signature.to_str().unwrap();
    let hash = &good[good.find("hash=\"").unwrap()..good.rfind('"').unwrap()];
    assert_eq!(with(&[&good.replace("Hawk", "hawk")]), Ok(None));
    assert_eq!(with(&[]), Err(ResponseError::Unsigned));
    for malformed in ["Hawk", "Basic x", "Hawk hash=\"x\"", "Hawk mac=\"x\", ts=\"1\"", "Hawk mac=\"x\", mac=\"x\""] {
        assert_eq!(with(&[malformed]), Err(ResponseError::Malformed), "{malformed}");
    }
    assert_eq!(with(&[good, good]), Err(ResponseError::Malformed));
    assert_eq!(with(&[&good.replace(hash, "hash=\"x")]), Err(ResponseError::WrongMac));
    assert_eq!(with(&[&format!("{good}, ext=\"added\"")]), Err(ResponseError::WrongMac));
}

#[tokio::test]
async fn ext_of_the_handler_is_signed() {
    let server = Server::new();
    let (artifacts, answer) = exchange(&server, "https://example.com/ext", &SignOptions::new()).await;
    assert_eq!(verified(&server, &artifacts, &answer), Ok(Some("response-specific".to_owned())));
    for bad in ["", "a\"b", "a\\b", "a\nb", "é"] {
        assert!(ResponseExt::new(bad).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn a_response_without_content_is_signed() {
    let server = Server::new();
    let (artifacts, answer) = exchange(&server, "https://example.com/empty", &SignOptions::new()).await;
    assert_eq!((answer.head.status, answer.body.len()), (StatusCode::NO_CONTENT, 0));
    assert_eq!(verified(&server, &artifacts, &answer), Ok(None));
}

#[tokio::test]
async fn streamed_response_is_signed_without_its_body() {
    let server = Server::new();
    let (artifacts, answer) = exchange(&server, "https://example.com/endless", &SignOptions::new()).await;
    assert_eq!(answer.assert_good(), "ada in pieces");
    assert_eq!(verified(&server, &artifacts, &answer), Err(ResponseError::UnsignedBody));
    assert_eq!(server.client().verify_response(&artifacts, &answer.head, None), Ok(None));
}

#[tokio::test]
async fn head_response_is_signed_with_an_empty_body() {
    let server = Server::new();
    let mut request = get(URL);
    *request.method_mut() = http::Method::HEAD;
    let artifacts = server.client().sign(&mut request, &SignOptions::new()).unwrap();
    let answer = server.send(request).await;
    assert_eq!(answer.head.status, StatusCode::OK);
    assert_eq!(verified(&server, &artifacts, &answer), Ok(None));
}

#[tokio::test]
async fn a_refused_caller_gets_no_signature() {
    let server = Server::new();
    let mut request = get(URL);
    server.client().sign(&mut request, &SignOptions::new().with_timestamp(1)).unwrap();
    let stale = server.send(request).await;
    assert!(!stale.head.headers.contains_key("server-authorization"));
    let anonymous = server.send(get("https://example.com/open")).await;
    assert!(!anonymous.head.headers.contains_key("server-authorization"));
}

#[tokio::test]
async fn responses_are_signed_only_if_the_layer_is_configured_to() {
    let Server { app, clock, .. } = Server::new();
    let router = Router::new().route("/resource/{id}", any(plain)).with_state(app.clone()).layer(SignatureLayer::new());
    let server = Server { app, clock, router };
    let (artifacts, answer) = exchange(&server, URL, &SignOptions::new()).await;
    answer.assert_good();
    assert_eq!(verified(&server, &artifacts, &answer), Err(ResponseError::Unsigned));
}
