//! The programs that measure: built one by one, so that no feature of one's dependencies is on in another.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::machine::benches;

/// A program that understands the command line of `harness`.
#[derive(Debug)]
pub struct Program {
    /// Its name.
    pub name: String,
    command: PathBuf,
    script: Option<PathBuf>,
}

impl Program {
    /// Builds a package of this workspace.
    ///
    /// # Errors
    ///
    /// When it cannot be built, as a text.
    pub fn of_package(name: &str) -> Result<Self, String> {
        Self::of_binary(name, name)
    }

    /// Builds one binary of a package of this workspace.
    ///
    /// # Errors
    ///
    /// As [`Self::of_package`].
    pub fn of_binary(package: &str, name: &str) -> Result<Self, String> {
        let arguments = ["build", "--release", "--package", package, "--bin", name];
        let build = Command::new("cargo").args(arguments).current_dir(benches()).status();
        if !build.is_ok_and(|status| status.success()) {
            return Err(format!("{name} cannot be built"));
        }
        let command = std::env::current_exe().map_err(|error| error.to_string())?.with_file_name(name);
        // The next package may be built with other features, and then replaces what both depend on, not this.
        let kept = command.with_file_name(format!("{name}-measured"));
        fs::copy(&command, &kept).map_err(|error| error.to_string())?;
        Ok(Self { name: name.to_owned(), command: kept, script: None })
    }

    /// Installs Django from `PyPI`, in a folder beside the programs.
    ///
    /// # Errors
    ///
    /// When that cannot be done, as a text.
    pub fn of_django() -> Result<Self, String> {
        let folder = std::env::current_exe().map_err(|error| error.to_string())?.with_file_name("django");
        let script = benches().join("peers/django/measure.py");
        let python = folder.join("bin/python");
        let run = |program: &Path, arguments: &[&str]| {
            let status = Command::new(program).args(arguments).status();
            if status.is_ok_and(|status| status.success()) {
                Ok(())
            } else {
                Err("Python cannot install Django".to_owned())
            }
        };
        if !python.exists() {
            run(Path::new("python3"), &["-m", "venv", &folder.to_string_lossy()])?;
        }
        let requirements = script.with_file_name("requirements.txt");
        run(&python, &["-m", "pip", "install", "--quiet", "--requirement", &requirements.to_string_lossy()])?;
        Ok(Self { name: "django".to_owned(), command: python, script: Some(script) })
    }

    /// Whether its instructions can be counted: those of an interpreter say nothing.
    pub fn is_counted(&self) -> bool {
        self.script.is_none()
    }

    /// The program's file.
    pub fn file(&self) -> &Path {
        &self.command
    }

    /// The lines that it answers, split at tabs.
    ///
    /// # Errors
    ///
    /// When it fails, as a text.
    pub fn ask(&self, arguments: &[&str]) -> Result<Vec<Vec<String>>, String> {
        let mut command = Command::new(&self.command);
        let output = command.args(&self.script).args(arguments).output();
        let output = output.map_err(|error| format!("{}: {error}", self.name))?;
        if !output.status.success() {
            return Err(format!("{}: {}", self.name, String::from_utf8_lossy(&output.stderr)));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect())
    }
}
