//! A message is accepted once, regardless of restarts and clock changes.

use auth_runtime::store::{Backend, KeyRecord, KeyStore, ReplayStore, StoreResult};
use auth_runtime::{AuthState, Digest};

use super::*;
use auth_keys::KeyFile;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn new_process_refuses_messages_from_before_its_start() {
    let clock = Clock::manual(NOW);
    let first = start(keys(), &clock);
    let requests = SCHEMES.map(|scheme| sign(request(&format!("/{scheme}"), &[], ""), &clock));
    for request in &requests {
        assert_eq!(status(&first, request).await, 200, "{}", request.uri());
        assert_eq!(status(&first, request).await, 401, "{}", request.uri());
    }
    let second = start(keys(), &clock);
    for request in &requests {
        assert_eq!(status(&second, request).await, 401, "{}", request.uri());
    }
    clock.advance(SECOND);
    for scheme in SCHEMES {
        let request = sign(request(&format!("/{scheme}"), &[], ""), &clock);
        assert_eq!(status(&second, &request).await, 200, "{scheme}");
        assert_eq!(status(&second, &request).await, 401, "{scheme}");
    }
    for request in &requests {
        assert_eq!(status(&second, request).await, 401, "{}", request.uri());
    }
}

#[tokio::test]
async fn processes_with_shared_records_accept_earlier_messages_once() {
    /// Keys in a file or in memory, and replay records that several processes share.
    #[derive(Clone)]
    struct Shared(MemoryKeys<Service>, MemoryKeys<Service>);
    impl Backend for Shared {
        type User = Service;
    }
    impl KeyStore for Shared {
        async fn find_key(&self, id: &str) -> StoreResult<Option<KeyRecord<Service>>> {
            self.0.find_key(id).await
        }
    }
    impl ReplayStore for Shared {
        async fn first_use(&self, scope: &str, key: &Digest, now: Duration, expires: Duration) -> StoreResult<bool> {
            self.1.first_use(scope, key, now, expires).await
        }
        fn survives_restarts(&self) -> bool {
            true
        }
    }
    #[authenticate(HttpSignature, Hawk, CavageSignature, state = AuthContext<Shared>)]
    async fn any_scheme(#[user] me: Service) -> String {
        me.name().to_owned()
    }
    let clock = Clock::manual(NOW);
    let records = MemoryKeys::new();
    let start = || {
        let settings = Settings::default().with_clock(clock.clone());
        let app = AuthContext::with_settings(Shared(keys(), records.clone()), settings);
        assert!(app.auth_context().backend().survives_restarts());
        let routes =
            SCHEMES.iter().fold(Router::new(), |router, scheme| router.route(&format!("/{scheme}"), any(any_scheme)));
        routes.with_state(app).layer(SignatureLayer::new())
    };
    let first = start();
    let requests = SCHEMES.map(|scheme| sign(request(&format!("/{scheme}"), &[], ""), &clock));
    assert_eq!(status(&first, &requests[0]).await, 200);
    clock.advance(SECOND);
    let second = start();
    assert_eq!(status(&second, &requests[0]).await, 401, "used in the first process");
    for request in &requests[1..] {
        assert_eq!(status(&second, request).await, 200, "{}", request.uri());
        assert_eq!(status(&first, request).await, 401, "{}", request.uri());
    }
}

#[tokio::test]
async fn replay_records_of_a_key_file_end_with_the_process() {
    let path = std::env::temp_dir().join(format!("auth-replays-{}.json", std::process::id()));
    std::fs::write(&path, r#"{"keys": []}"#).unwrap();
    let clock = Clock::manual(NOW);
    let keys = KeyFile::open(&path).unwrap().with_clock(clock.clone());
    std::fs::remove_file(&path).unwrap();
    assert!(!keys.survives_restarts() && !MemoryKeys::<Service>::new().survives_restarts());
}

#[tokio::test]
async fn message_without_a_nonce_is_accepted_once() {
    let clock = Clock::manual(NOW);
    let server = start(keys(), &clock);
    let signer = MessageSigner::new(key()).with_clock(clock.clone()).with_nonce(false);
    let message = |path: &str| {
        let mut request = request(path, &[], "");
        signer.sign(&mut request, b"").unwrap();
        on_the_wire(request)
    };
    let first = message("/message");
    assert!(!first.headers()["signature-input"].to_str().unwrap().contains("nonce"));
    assert_eq!(status(&server, &first).await, 200);
    assert_eq!(status(&server, &first).await, 401);
    assert_eq!(status(&server, &message("/message?other")).await, 200, "another request");
    clock.advance(Duration::from_secs(299));
    assert_eq!(status(&server, &first).await, 401);
    assert_eq!(status(&server, &message("/message")).await, 200, "another second");
}

#[tokio::test]
async fn clock_changes_do_not_allow_replays() {
    let (keys, right, wrong) = (keys(), Clock::manual(NOW), Clock::manual(NOW + Duration::from_secs(400)));
    let (at_right, at_wrong) = (start(keys.clone(), &right), start(keys, &wrong));
    for scheme in SCHEMES {
        let path = format!("/{scheme}");
        let first = sign(request(&path, &[], ""), &right);
        assert_eq!(status(&at_right, &first).await, 200, "{scheme}");
        for n in 0..5 {
            let other = sign(request(&format!("{path}?n={n}"), &[], ""), &wrong);
            assert_eq!(status(&at_wrong, &other).await, 200, "{scheme} {n}");
        }
        assert_eq!(status(&at_right, &first).await, 401, "{scheme}");
        let new = sign(request(&format!("{path}?new"), &[], ""), &right);
        assert_eq!(status(&at_right, &new).await, 200, "{scheme}");
    }
}

#[tokio::test]
async fn hawk_client_recovers_from_a_refusal_after_a_restart() {
    let clock = Clock::manual(NOW);
    let early = sign(request("/hawk", &[], ""), &clock);
    clock.advance(Duration::from_millis(1_500));
    let server = start(keys(), &clock);
    let response = server.clone().oneshot(early.map(Body::from)).await.unwrap();
    let (head, _) = response.into_parts();
    assert_eq!(head.status, 401);
    let client = Client::new(key()).unwrap().with_clock(clock.clone());
    assert!(client.resync(&head).unwrap());
    clock.advance(SECOND);
    let mut again = request("/hawk", &[], "");
    client.sign(&mut again, &SignOptions::new()).unwrap();
    assert_eq!(status(&server, &on_the_wire(again)).await, 200);
}
