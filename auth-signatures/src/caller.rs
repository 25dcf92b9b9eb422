//! Finds the signer of a request, by the same steps for every scheme, and in the same time for known and unknown keys.

use std::fmt;
use std::time::Duration;

use auth_runtime::User;
use auth_runtime::store::{KeyAlgorithm, KeyRecord, KeyStore, StoreResult};

use auth_keys::signature::{self, ClaimedSignature};

/// Why no signer was found. Logged, never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignerRefusal {
    UnknownKey,
    OtherAlgorithm(KeyAlgorithm),
    KeyNotValidNow,
    InactiveUser,
    WrongSignature,
}

impl fmt::Display for SignerRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey => f.write_str("there is no key with this id"),
            Self::OtherAlgorithm(algorithm) => write!(f, "the key is for {algorithm}, which is not accepted here"),
            Self::KeyNotValidNow => f.write_str("the key is not valid yet, or no longer"),
            Self::InactiveUser => f.write_str("the user of the key is not active"),
            Self::WrongSignature => f.write_str("the signature is not one of the key over this message"),
        }
    }
}

impl std::error::Error for SignerRefusal {}

/// Returns the key and its user if the key with this id made `signature` over `message`, and its algorithm is `usable`.
///
/// # Errors
///
/// If the store fails.
pub(crate) async fn find_signer<B: KeyStore>(
    store: &B,
    id: &str,
    usable: impl Fn(KeyAlgorithm) -> bool,
    now: Duration,
    message: &[u8],
    signature: ClaimedSignature<'_>,
) -> StoreResult<Result<KeyRecord<B::User>, SignerRefusal>> {
    let is_kept = store.keeps_keys();
    let refused = |reason| {
        signature::verify_dummy(id, is_kept, message, signature);
        Ok(Err(reason))
    };
    let Some(record) = store.find_key(id).await? else { return refused(SignerRefusal::UnknownKey) };
    let algorithm = record.key.algorithm();
    if !usable(algorithm) {
        return refused(SignerRefusal::OtherAlgorithm(algorithm));
    }
    // An implausible length is rejected early, which must not show in the response time.
    if !signature::has_plausible_length(&record.key, signature.len()) {
        return refused(SignerRefusal::WrongSignature);
    }
    Ok(if !signature::verify(&record.key, is_kept, message, signature) {
        Err(SignerRefusal::WrongSignature)
    } else if !record.key.is_good(now) {
        Err(SignerRefusal::KeyNotValidNow)
    } else if !record.user.is_active() {
        Err(SignerRefusal::InactiveUser)
    } else {
        Ok(record)
    })
}

#[cfg(test)]
mod tests {
    use auth_runtime::store::{Backend, Key};

    use super::*;
    use auth_keys::{Service, SigningKey};

    /// A store with one key, which keeps prepared keys or not.
    struct One {
        key: Key,
        keeps_keys: bool,
    }

    impl Backend for One {
        type User = Service;
    }

    impl KeyStore for One {
        async fn find_key(&self, id: &str) -> StoreResult<Option<KeyRecord<Service>>> {
            let record = KeyRecord { key: self.key.clone(), user: Service::new("ada") };
            Ok((id == self.key.id()).then_some(record))
        }

        fn keeps_keys(&self) -> bool {
            self.keeps_keys
        }
    }

    #[tokio::test]
    async fn prepared_state_is_kept_only_if_the_store_keeps_the_key() {
        for algorithm in KeyAlgorithm::ALL {
            let key = SigningKey::generate("k", algorithm).unwrap();
            let (good, bad) = (key.sign(b"message"), key.sign(b"another"));
            for keeps_keys in [false, true] {
                let store = One { key: key.verifying_key(), keeps_keys };
                for _ in 0..2 {
                    for (id, usable, signature, expected) in [
                        ("k", true, &good, None),
                        ("k", true, &bad, Some(SignerRefusal::WrongSignature)),
                        ("k", true, &good[1..].to_vec(), Some(SignerRefusal::WrongSignature)),
                        ("k", false, &good, Some(SignerRefusal::OtherAlgorithm(algorithm))),
                        ("l", true, &good, Some(SignerRefusal::UnknownKey)),
                    ] {
                        let claimed = ClaimedSignature::Bytes(signature);
                        let signed = find_signer(&store, id, |_| usable, Duration::ZERO, b"message", claimed).await;
                        assert_eq!(signed.unwrap().err(), expected, "{algorithm}");
                    }
                }
                assert_eq!(store.key.prepared(|_| "not yet").is_none(), keeps_keys, "{algorithm}");
            }
        }
    }
}
