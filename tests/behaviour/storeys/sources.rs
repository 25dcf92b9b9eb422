//! Reads the modules of a crate, and finds the file that each path leads to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Item, UseTree, Visibility};

/// A module path below the crate's root.
type Module = Vec<String>;

/// The modules of a crate, as its files declare them.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    modules: BTreeMap<Module, CheckedScheme>,
}

#[derive(Debug, Default)]
struct CheckedScheme {
    file: String,
    /// The items that this module defines, modules excepted.
    own: BTreeSet<String>,
    /// The names that `use` brings in, `None` for a glob, and their paths.
    uses: Vec<(Option<String>, Module)>,
    /// The paths that this module's own code uses: imports, and what begins with `crate`, `self` or `super`.
    paths: Vec<Module>,
}

impl Sources {
    /// Reads the crate whose root is this file.
    pub(crate) fn read(root: &Path) -> Self {
        let mut sources = Self::default();
        let folder = root.parent().expect("a file stands in a folder");
        sources.read_file(root, folder, folder, Vec::new());
        sources
    }

    fn read_file(&mut self, file: &Path, below: &Path, src: &Path, module: Module) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let name = file.strip_prefix(src).unwrap_or(file).to_string_lossy().into_owned();
        self.read_items(parsed.items, &name, below, src, module);
    }

    fn read_items(&mut self, items: Vec<Item>, file: &str, below: &Path, src: &Path, module: Module) {
        let mut declared = CheckedScheme { file: file.to_owned(), ..CheckedScheme::default() };
        for item in items {
            match item {
                Item::Mod(inner) if is_test(&inner.attrs) => {}
                Item::Mod(inner) => {
                    let name = inner.ident.to_string();
                    let path = [&module[..], std::slice::from_ref(&name)].concat();
                    match inner.content {
                        Some((_, items)) => self.read_items(items, file, &below.join(&name), src, path),
                        None => {
                            let (file, below) = find(&inner.attrs, below, &name);
                            self.read_file(&file, &below, src, path);
                        }
                    }
                }
                Item::Use(item) => {
                    let mut found = Vec::new();
                    leaves(&item.tree, &mut Vec::new(), &mut found);
                    // A re-export is not an arrow. Code that uses it points at the definition.
                    if matches!(item.vis, Visibility::Inherited) {
                        declared.paths.extend(found.iter().map(|(_, path)| path.clone()));
                    }
                    declared.uses.append(&mut found);
                }
                other if is_test(attributes(&other)) => {}
                other => {
                    declared.own.extend(name_of(&other));
                    collect(other.into_token_stream(), &mut declared.paths);
                }
            }
        }
        self.modules.insert(module, declared);
    }

    /// Returns the files that each file uses, with one path that leads there.
    pub(crate) fn arrows(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let mut arrows = BTreeMap::<String, BTreeMap<String, String>>::new();
        for (module, declared) in &self.modules {
            for path in &declared.paths {
                let Some(absolute) = self.absolute(module, path) else { continue };
                let Some(target) = self.file_of(&absolute, 0) else { continue };
                let from = arrows.entry(declared.file.clone()).or_default();
                if target != declared.file {
                    from.entry(target).or_insert_with(|| path.join("::"));
                }
            }
        }
        arrows
    }

    /// Returns the path from the crate's root, or `None` for a path into another crate.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let (mut at, mut rest) = match path.first()?.as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "self" => (module.clone(), &path[1..]),
            "super" => (module[..module.len().checked_sub(1)?].to_vec(), &path[1..]),
            name => {
                let child = [&module[..], &[name.to_owned()]].concat();
                self.modules.contains_key(&child).then_some((module.clone(), path))?
            }
        };
        while rest.first().is_some_and(|part| part == "super") {
            at.pop()?;
            rest = &rest[1..];
        }
        at.extend(rest.iter().cloned());
        Some(at)
    }

    /// Returns the file that defines what the path names. Follows re-exports.
    fn file_of(&self, path: &[String], depth: usize) -> Option<String> {
        assert!(depth < 32, "{path:?} re-exports itself");
        let known = (0..=path.len()).rev().find(|&n| self.modules.contains_key(&path[..n]))?;
        let (module, rest) = (path[..known].to_vec(), &path[known..]);
        let declared = &self.modules[&module];
        let Some(name) = rest.first() else { return Some(declared.file.clone()) };
        if declared.own.contains(name) {
            return Some(declared.file.clone());
        }
        for (alias, target) in &declared.uses {
            let continued = match alias {
                Some(alias) if alias == name => [&target[..], &rest[1..]].concat(),
                None => [&target[..], rest].concat(),
                Some(_) => continue,
            };
            match self.absolute(&module, &continued) {
                Some(absolute) if absolute != path => {
                    if let Some(file) = self.file_of(&absolute, depth + 1) {
                        return Some(file);
                    }
                }
                // Re-exported from another crate.
                None if alias.is_some() => return None,
                Some(_) | None => {}
            }
        }
        Some(declared.file.clone())
    }
}

fn find(attributes: &[Attribute], below: &Path, name: &str) -> (PathBuf, PathBuf) {
    for attribute in attributes {
        if let syn::Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("path")
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value
        {
            let file = below.join(text.value());
            let folder = file.parent().expect("a file stands in a folder").to_owned();
            return (file, folder);
        }
    }
    let flat = below.join(format!("{name}.rs"));
    let file = if flat.exists() { flat } else { below.join(name).join("mod.rs") };
    (file, below.join(name))
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg") && attribute.to_token_stream().to_string().contains("(test)"))
}

fn leaves(tree: &UseTree, prefix: &mut Module, found: &mut Vec<(Option<String>, Module)>) {
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            leaves(&path.tree, prefix, found);
            prefix.pop();
        }
        UseTree::Name(name) if name.ident == "self" => found.push((prefix.last().cloned(), prefix.clone())),
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            found.push((Some(name.clone()), [&prefix[..], &[name]].concat()));
        }
        UseTree::Rename(rename) => {
            let (from, to) = (rename.ident.to_string(), rename.rename.to_string());
            let path = if from == "self" { prefix.clone() } else { [&prefix[..], &[from]].concat() };
            found.push((Some(to), path));
        }
        UseTree::Glob(_) => found.push((None, prefix.clone())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, prefix, found)),
    }
}

/// Collects the paths in these tokens that begin with `crate`, `self` or `super`.
fn collect(tokens: TokenStream, found: &mut Vec<Module>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is_colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let text = group.stream().to_string();
                // Documentation may link upwards, and `pub(in super::super)` is not a dependency.
                if !text.starts_with("doc =") && !text.starts_with("in ") {
                    collect(group.stream(), found);
                }
            }
            TokenTree::Ident(first) if ["crate", "self", "super"].contains(&first.to_string().as_str()) => {
                let mut path = vec![first.to_string()];
                let mut next = at + 1;
                while is_colon(next) && is_colon(next + 1) {
                    let Some(TokenTree::Ident(part)) = tokens.get(next + 2) else { break };
                    path.push(part.to_string());
                    next += 3;
                }
                if path.len() > 1 {
                    found.push(path);
                }
            }
            _ => {}
        }
    }
}

fn name_of(item: &Item) -> Option<String> {
    Some(match item {
        Item::Const(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Macro(item) => item.ident.as_ref()?.to_string(),
        Item::Static(item) => item.ident.to_string(),
        Item::Struct(item) => item.ident.to_string(),
        Item::Trait(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        _ => return None,
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        _ => &[],
    }
}
