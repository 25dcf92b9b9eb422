//! The memory of a process, as Linux counts it.

use std::fs;

/// The memory of a process in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// What it has now: `VmRSS`.
    pub resident: u64,
    /// The most that it ever had: `VmHWM`.
    pub peak: u64,
}

impl Memory {
    /// Of the process of this number. `None` when there is no such process any more.
    pub fn of(process: u32) -> Option<Self> {
        Self::read(&fs::read_to_string(format!("/proc/{process}/status")).ok()?)
    }

    fn read(status: &str) -> Option<Self> {
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1_024)
        };
        Some(Self { resident: bytes("VmRSS")?, peak: bytes("VmHWM")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_text_is_read() {
        let status = "Name:\tx\nVmPeak:\t  900 kB\nVmHWM:\t      20 kB\nVmRSS:\t      10 kB\n";
        assert_eq!(Memory::read(status), Some(Memory { resident: 10_240, peak: 20_480 }));
        assert_eq!(Memory::read("Name:\tx\n"), None);
    }
}
