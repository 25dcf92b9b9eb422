//! Password hashes of argon2 (RFC 9106) as PHC strings, computed in memory that one hash leaves to the next.

use std::{fmt, mem};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

use super::settings::PasswordSettings;
use crate::store::{StoreError, StoreResult};

/// The memory in which hashes are computed. If it were freed each time, the operating system would clear it and map it again
/// page by page, which can take half as long as the hash.
pub(super) struct Memory {
    blocks: Vec<Block>,
    kept: usize,
    /// The parameters of each hash that was computed.
    #[cfg(test)]
    pub(super) computed: Vec<Params>,
}

impl Memory {
    /// Allocates nothing yet. If a hash needs more memory than one with these parameters, the memory is not kept.
    pub(super) fn of(params: &Params) -> Self {
        Self {
            blocks: Vec::new(),
            kept: params.block_count(),
            #[cfg(test)]
            computed: Vec::new(),
        }
    }

    fn blocks(&mut self, count: usize) -> StoreResult<&mut [Block]> {
        if self.blocks.len() < count {
            // It cannot grow in place: a copy that is left behind could not be zeroized.
            self.give_back();
            self.blocks.try_reserve_exact(count).map_err(StoreError::new)?;
            self.blocks.resize(count, Block::new());
        }
        Ok(&mut self.blocks)
    }

    /// Someone who reads this memory could try passwords without the cost of a hash.
    fn give_back(&mut self) {
        mem::take(&mut self.blocks).zeroize();
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.give_back();
    }
}

pub(super) fn hasher(settings: &PasswordSettings) -> Argon2<'static> {
    let params = Params::new(
        *settings.memory_kib(),
        *settings.iterations(),
        *settings.parallelism(),
        Some(Params::DEFAULT_OUTPUT_LEN),
    )
    .expect("the password settings are none that argon2 accepts");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes `password`, with a random salt from the operating system.
pub(super) fn hash(hasher: &Argon2<'_>, password: &[u8], memory: &mut Memory) -> StoreResult<String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(StoreError::new)?;
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    compute(hasher, password, &salt, &mut output, memory)?.map_err(failed)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(hasher.params()).map_err(failed)?,
        salt: Some(Salt::new(&salt).map_err(failed)?),
        hash: Some(Output::new(&output).map_err(failed)?),
    };
    Ok(hash.to_string())
}

/// Returns whether `password` matches `hash`, with any parameters. `None` means that `hash` cannot be read.
pub(super) fn verify(password: &[u8], hash: &str, memory: &mut Memory) -> StoreResult<Option<bool>> {
    let Some(Parts { hasher, salt, output }) = parse(hash) else { return Ok(None) };
    let mut room = [0; Output::MAX_LENGTH];
    let computed = &mut room[..output.len()];
    let result = compute(&hasher, password, &salt, computed, memory)?;
    Ok(result.is_ok().then(|| computed.ct_eq(output.as_bytes()).into()))
}

/// Returns whether [`verify`] can read `hash`.
pub(super) fn is_hash(hash: &str) -> bool {
    parse(hash).is_some()
}

/// Returns whether the parameters of `hash` differ from those of `hasher`.
pub(super) fn is_outdated(hash: &str, hasher: &Argon2<'_>) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return true };
    let Ok(params) = Params::try_from(&hash) else { return true };
    let ours = hasher.params();
    hash.algorithm != Algorithm::Argon2id.ident()
        || params.m_cost() != ours.m_cost()
        || params.t_cost() != ours.t_cost()
        || params.p_cost() != ours.p_cost()
}

/// The parts of a hash.
struct Parts {
    hasher: Argon2<'static>,
    salt: Salt,
    output: Output,
}

fn parse(hash: &str) -> Option<Parts> {
    let hash = PasswordHash::new(hash).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
    let params = Params::try_from(&hash).ok()?;
    Some(Parts { hasher: Argon2::new(algorithm, version, params), salt: hash.salt?, output: hash.hash? })
}

fn failed(error: impl fmt::Display) -> StoreError {
    StoreError::new(error.to_string())
}

fn compute(
    hasher: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    output: &mut [u8],
    memory: &mut Memory,
) -> StoreResult<argon2::Result<()>> {
    let blocks = memory.blocks(hasher.params().block_count())?;
    let computed = hasher.hash_password_into_with_memory(password, salt, output, blocks);
    #[cfg(test)]
    if computed.is_ok() {
        memory.computed.push(hasher.params().clone());
    }
    if memory.blocks.len() > memory.kept {
        memory.give_back();
    }
    Ok(computed)
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier as _;

    use super::*;

    /// Created by argon2-cffi 25.1, which binds the reference implementation.
    const HASHES: [(&str, &str); 3] = [
        (
            "correct horse",
            "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$uL2hQzJmxaz0Tfm2KK6uNjA0+UvbrHBEBwVmJYrNXCE",
        ),
        ("Pässwörter", "$argon2i$v=19$m=32,t=1,p=4$c29tZXNhbHQ$FMC9NB0IngBWNZrcprxrNg"),
        (
            "",
            "$argon2d$v=16$m=16,t=3,p=2$b3RoZXIgc2FsdA$nRDyvo/k6vyqhNNqcM09N61aK/EzamzpLdq3pBhBbHKBarxd4PxAcZxU1ImDetN3\
             a/7zJURIV67njCdl1O/wtw",
        ),
    ];

    fn cheap(memory_kib: u32) -> Argon2<'static> {
        hasher(&PasswordSettings::default().with_memory_kib(memory_kib).with_iterations(2))
    }

    #[test]
    fn hashes_of_the_reference_implementation_are_verified_with_their_own_parameters() {
        let mut memory = Memory::of(cheap(8).params());
        for (password, hash) in HASHES {
            assert!(is_hash(hash), "{hash}");
            assert_eq!(verify(password.as_bytes(), hash, &mut memory).unwrap(), Some(true), "{hash}");
            assert_eq!(verify(b"another", hash, &mut memory).unwrap(), Some(false), "{hash}");
        }
    }

    #[test]
    fn one_memory_serves_hashes_of_any_size_one_after_the_other() {
        let (small, ours, large) = (cheap(8), cheap(64), cheap(1024));
        let mut memory = Memory::of(ours.params());
        let hashes = [(&ours, "a"), (&large, "b"), (&small, "c"), (&ours, "d")]
            .map(|(hasher, password)| (password, hash(hasher, password.as_bytes(), &mut memory).unwrap()));
        for (password, hash) in &hashes {
            for (other, _) in &hashes {
                assert_eq!(verify(other.as_bytes(), hash, &mut memory).unwrap(), Some(other == password), "{hash}");
                assert!(memory.blocks.len() <= ours.params().block_count(), "{hash}");
            }
            let by_the_crate = ours.verify_password(password.as_bytes(), &PasswordHash::new(hash).unwrap());
            by_the_crate.unwrap();
        }
    }

    #[test]
    fn failed_allocation_is_an_error_not_a_wrong_password() {
        let ours = cheap(8);
        let mut memory = Memory::of(ours.params());
        memory.blocks(usize::MAX / Block::SIZE).unwrap_err();
        let kept = hash(&ours, b"a", &mut memory).unwrap();
        assert_eq!(verify(b"a", &kept, &mut memory).unwrap(), Some(true));
    }
}
