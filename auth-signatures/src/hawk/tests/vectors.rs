//! The published examples of Hawk.

use std::time::Duration;

use serde::Deserialize;

use super::super::artifacts::{Artifacts, Kind, mac, of_time};
use super::super::bewit::{encode, signed_text};
use super::super::response::Signer;
use super::*;
use crate::exchange::SignResponse as _;

#[derive(Deserialize)]
struct Vectors {
    headers: Vec<Message>,
    bewits: Vec<Link>,
    timestamps: Vec<Time>,
    computed: Vec<Computed>,
}

#[derive(Deserialize)]
struct Message {
    id: String,
    normalized: String,
    #[serde(rename = "type")]
    kind: String,
    cred_id: String,
    key: String,
    algorithm: String,
    ts: u64,
    nonce: String,
    method: String,
    resource: String,
    host: String,
    port: u16,
    payload: Option<String>,
    content_type: Option<String>,
    hash: Option<String>,
    ext: Option<String>,
    mac: String,
    header: Option<String>,
}

#[derive(Deserialize)]
struct Link {
    bewit: String,
    decoded: String,
    key: String,
    resource: String,
    host: String,
    port: u16,
    exp: u64,
    ext: String,
    mac: String,
    normalized: String,
}

#[derive(Deserialize)]
struct Time {
    ts: serde_json::Value,
    key: String,
    tsm: String,
}

#[derive(Deserialize)]
struct Computed {
    normalized: String,
    mac: String,
    app: String,
    dlg: Option<String>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../tests/vectors/hawk.json")).unwrap()
}

impl Message {
    fn key(&self) -> Key {
        let algorithm = match self.algorithm.as_str() {
            "sha1" => KeyAlgorithm::HmacSha1,
            "sha256" => KeyAlgorithm::HmacSha256,
            other => panic!("{other}"),
        };
        key(&self.cred_id, algorithm, &self.key)
    }

    fn artifacts(&self) -> Artifacts {
        Artifacts {
            ts: self.ts.to_string(),
            nonce: self.nonce.clone(),
            method: self.method.clone(),
            resource: self.resource.clone(),
            host: self.host.clone(),
            port: self.port,
            hash: self.hash.clone(),
            ext: self.ext.clone(),
            app: None,
            dlg: None,
        }
    }

    fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref().filter(|text| !text.is_empty())
    }

    fn request(&self) -> Request<Vec<u8>> {
        let scheme = if self.port == 80 { "http" } else { "https" };
        let url = format!("{scheme}://{}:{}{}", self.host, self.port, self.resource);
        let mut request = Request::builder().method(self.method.as_str()).uri(url);
        if let Some(content_type) = self.content_type() {
            request = request.header(CONTENT_TYPE, content_type);
        }
        request.body(self.payload.clone().unwrap_or_default().into_bytes()).unwrap()
    }

    fn options(&self) -> SignOptions {
        let options = SignOptions::new().with_timestamp(self.ts).with_nonce(&self.nonce);
        match &self.ext {
            Some(ext) => options.with_ext(ext),
            None => options,
        }
    }
}

#[test]
fn texts_and_macs_match_the_examples() {
    let all = vectors().headers;
    assert_eq!(all.len(), 15);
    for message in all {
        let kind = if message.kind == "header" { Kind::Header } else { Kind::Response };
        let text = message.artifacts().normalized(kind, message.hash.as_deref(), message.ext.as_deref());
        assert_eq!(text, message.normalized, "{}", message.id);
        assert_eq!(mac(&message.key(), &text), message.mac, "{}", message.id);
    }
}

#[tokio::test]
async fn the_client_signs_and_the_server_accepts_the_examples() {
    let requests = vectors().headers.into_iter().filter(|message| message.kind == "header");
    let mut count = 0;
    for message in requests.filter(|message| message.hash.is_none() || message.payload.is_some()) {
        let mut request = message.request();
        let artifacts = client(message.key()).sign(&mut request, &message.options()).unwrap();
        assert_eq!(artifacts, message.artifacts(), "{}", message.id);
        assert!(header(&request).contains(&format!("mac=\"{}\"", message.mac)), "{}", message.id);
        if let Some(expected) = &message.header {
            assert_eq!(&header(&request), expected, "{}", message.id);
        }

        let clock = Clock::manual(Duration::from_secs(message.ts));
        let origin = PublicOrigin::host_header(message.port != 80);
        let settings = Settings::default().with_clock(clock.clone()).with_public_origin(origin);
        let app = AuthContext::with_settings(Memory::default(), settings);
        app.backend().insert(message.key(), "ada", true);
        let router = Router::new().fallback(sha1).with_state(app.clone()).layer(SignatureLayer::new());
        let server = Server { app, clock, router };
        let answer = server.send(request).await;
        assert!(answer.assert_good().starts_with(&format!("ada|{}|", message.cred_id)), "{}", message.id);
        count += 1;
    }
    assert_eq!(count, 8);
}

#[test]
fn the_server_signs_and_the_client_accepts_the_responses() {
    let responses = vectors().headers.into_iter().filter(|message| message.kind == "response");
    let mut count = 0;
    for message in responses.filter(|message| message.payload.is_some()) {
        let payload = message.payload.clone().unwrap();
        let response =
            http::Response::builder().header(CONTENT_TYPE, message.content_type().unwrap()).body(()).unwrap();
        let (mut head, ()) = response.into_parts();
        if let Some(ext) = message.ext.as_ref().filter(|ext| !ext.is_empty()) {
            head.extensions.insert(ResponseExt::new(ext).unwrap());
        }
        let signer = Signer { key: message.key(), request: message.artifacts() };
        signer.sign(&mut head, Some(payload.as_bytes()));
        let value = head.headers["server-authorization"].to_str().unwrap();
        assert!(value.starts_with(&format!(
            "Hawk mac=\"{}\", hash=\"{}\"",
            message.mac,
            message.hash.clone().unwrap()
        )));
        let verdict = client(message.key()).verify_response(&message.artifacts(), &head, Some(payload.as_bytes()));
        assert_eq!(verdict, Ok(message.ext.filter(|ext| !ext.is_empty())), "{}", message.id);
        count += 1;
    }
    assert_eq!(count, 5);
}

#[tokio::test]
async fn bewits_match_the_examples_and_are_accepted() {
    let all = vectors().bewits;
    assert_eq!(all.len(), 5);
    for link in all {
        let (id, _) = link.decoded.split_once('\\').unwrap();
        let text = signed_text(&link.exp.to_string(), &link.resource, &link.host, link.port, Some(&link.ext));
        assert_eq!(text, link.normalized);
        let key = key(id, KeyAlgorithm::HmacSha256, &link.key);
        assert_eq!(mac(&key, &text), link.mac);
        assert_eq!(encode(id, link.exp, &link.mac, &link.ext), link.bewit);

        let clock = Clock::manual(Duration::from_secs(link.exp - 300));
        let uri: Uri = format!("https://{}:{}{}", link.host, link.port, link.resource).parse().unwrap();
        let client = client(key.clone()).with_clock(clock.clone());
        let ext = Some(link.ext.as_str()).filter(|ext| !ext.is_empty());
        assert_eq!(client.bewit(&uri, Duration::from_secs(300), ext).unwrap(), link.bewit);

        let settings = Settings::default().with_clock(clock.clone());
        let app = AuthContext::with_settings(Memory::default(), settings);
        app.backend().insert(key, "ada", true);
        let router = Router::new().fallback(download).with_state(app.clone());
        let server = Server { app, clock, router };
        let uri = uri.to_string();
        let last = if uri.contains('?') {
            format!("{uri}&bewit={}", link.bewit)
        } else {
            format!("{uri}?bewit={}", link.bewit)
        };
        let first = uri.replacen('?', &format!("?bewit={}&", link.bewit), 1);
        for uri in [last, first].iter().filter(|uri| uri.contains("bewit")) {
            server.send(get(uri)).await.assert_good();
        }
    }
}

#[test]
fn times_and_applications_match_the_examples() {
    let Vectors { timestamps, computed, .. } = vectors();
    assert_eq!((timestamps.len(), computed.len()), (2, 2));
    for Time { ts, key: secret, tsm } in timestamps {
        let ts = ts.as_str().map_or_else(|| ts.to_string(), str::to_owned);
        assert_eq!(mac(&key("", KeyAlgorithm::HmacSha256, &secret), &of_time(&ts)), tsm, "{ts}");
    }
    for Computed { normalized, mac: expected, app, dlg } in computed {
        let mut request = get(URL);
        let options = SignOptions::new().with_timestamp(NOW).with_nonce("j4h3g2").with_ext("some-app-ext-data");
        let options = match dlg {
            Some(dlg) => options.with_delegated_app(app, dlg),
            None => options.with_app(app),
        };
        let artifacts = Server::new().client().sign(&mut request, &options).unwrap();
        assert_eq!(artifacts.of_request(), normalized);
        assert!(header(&request).contains(&format!("mac=\"{expected}\"")));
    }
}
