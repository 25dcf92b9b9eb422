//! `signed key`: makes a key for its owner, and an entry for the server.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use auth_keys::SigningKey;
use auth_runtime::store::KeyAlgorithm;
use clap::Args;
use serde_json::{Value, json};

use crate::Failure;

/// Makes a key: a file for its owner alone, and an entry in the server's JWK Set.
#[derive(Debug, Args)]
pub(crate) struct Key {
    /// What the key is for, such as `hmac-sha256` or `ed25519`. Hawk takes `hmac-sha256`.
    #[arg(value_parser = algorithm)]
    algorithm: KeyAlgorithm,

    /// By what messages name the key.
    #[arg(long)]
    id: String,

    /// The account whose key it is; that of the id, unless given.
    #[arg(long)]
    user: Option<String>,

    /// The owner's file, as a JWK. `ID.jwk`, unless given.
    #[arg(long)]
    out: Option<PathBuf>,

    /// The server's JWK Set, which is made when there is none.
    #[arg(long, default_value = "keys.json")]
    keys: PathBuf,
}

fn algorithm(name: &str) -> Result<KeyAlgorithm, String> {
    KeyAlgorithm::from_name(name).ok_or_else(|| {
        let names: Vec<_> = KeyAlgorithm::ALL.iter().map(|algorithm| algorithm.name()).collect();
        format!("the algorithms are {}", names.join(", "))
    })
}

impl Key {
    pub(crate) fn make(self) -> Result<(), Failure> {
        let key = SigningKey::generate(&self.id, self.algorithm)?;
        let private = key.to_private_jwk();
        // If the key is a shared secret, the server needs the secret itself, otherwise only the public half.
        let shared = self.algorithm.is_symmetric();
        let mut entry: Value = serde_json::from_str(&if shared { private.to_string() } else { key.to_public_jwk()? })?;
        entry["user"] = self.user.unwrap_or_else(|| self.id.clone()).into();
        let mut set = match fs::read_to_string(&self.keys) {
            Ok(text) => serde_json::from_str(&text)?,
            Err(_) => json!({"keys": []}),
        };
        let known = set["keys"].as_array_mut().ok_or("the key file is no JWK Set")?;
        if known.iter().any(|known| known["kid"] == self.id) {
            return Err(format!("{} has a key {} already", self.keys.display(), self.id).into());
        }
        known.push(entry);

        let out = self.out.unwrap_or_else(|| format!("{}.jwk", self.id).into());
        write_private(&out, &private)?;
        let whole = self.keys.with_extension("new");
        write_private(&whole, &serde_json::to_string_pretty(&set)?)?;
        fs::rename(&whole, &self.keys)?;
        println!("{} is for its owner, {} for the server", out.display(), self.keys.display());
        Ok(())
    }
}

/// Writes a new file that only its owner can read.
fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| writeln!(file, "{text}"));
    written.map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Reads the key of a JWK file.
pub(crate) fn read(path: &Path) -> Result<SigningKey, Failure> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    SigningKey::from_jwk(&text, None).map_err(|fault| format!("{}: {fault}", path.display()).into())
}
