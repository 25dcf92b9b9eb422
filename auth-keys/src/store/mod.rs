//! Stores for the keys of callers that need no database.

mod file;
mod memory;
mod replays;
mod service;

pub(crate) use self::file::read_private;
pub use self::file::{KeyFile, KeyFileError};
pub use self::memory::MemoryKeys;
pub use self::service::Service;
