//! The sources that are configured, file by file.

use super::names::Uri;
use super::settings::{MOST_BYTES, Settings, files_in, note};
use crate::Root;
use formats::sources_list::{self, Kind, Source};
use model::wire::sections::Skipped;

/// A source with what every use of it needs.
pub(super) struct SourceFile {
    pub(super) source: Source,
    pub(super) uri: Uri,
    /// The architectures whose lists it has: as configured for it, or for apt.
    pub(super) architectures: Vec<String>,
    /// Whether `all` was named, so that its list is expected, or merely tried.
    pub(super) all_is_explicit: bool,
}

impl SourceFile {
    /// It offers packages and is not switched off.
    pub(super) fn is_used(&self) -> bool {
        self.source.enabled && self.source.kind == Kind::Deb
    }

    pub(super) fn is_flat(&self) -> bool {
        self.source.suite.ends_with('/')
    }
}

/// Reads `sources.list`, then the parts in the order of their names.
pub(super) fn read(root: &Root, settings: &Settings) -> (Vec<SourceFile>, Vec<Skipped>) {
    let mut skipped = Vec::new();
    let mut files: Vec<String> =
        settings.config.path("Dir::Etc::sourcelist").filter(|main| root.is_file(main)).into_iter().collect();
    if let Some(parts) = settings.config.path("Dir::Etc::sourceparts") {
        files.extend(files_in(root, &parts, "list", &mut skipped));
    }
    let mut sources = Vec::new();
    for path in files {
        let bytes = match root.read(&path, MOST_BYTES) {
            Ok(bytes) => bytes,
            Err(why) => {
                skipped.push(Skipped { record: path, why: why.why.to_string() });
                continue;
            }
        };
        let parse = if path.ends_with(".sources") { sources_list::deb822 } else { sources_list::one_line };
        let (found, faults) = parse(&bytes);
        skipped.extend(faults.iter().map(|skip| note(&path, skip)));
        sources.extend(found.into_iter().map(|source| with_settings(source, settings)));
    }
    (sources, skipped)
}

fn with_settings(mut source: Source, settings: &Settings) -> SourceFile {
    let native = settings.architectures.first().map_or("", String::as_str);
    source.uri = source.uri.replace("$(ARCH)", native);
    if source.suite.ends_with('/') {
        source.suite = source.suite.replace("$(ARCH)", native);
    }
    let options = &source.options;
    let mut architectures = options.arch.clone().unwrap_or_else(|| settings.architectures.clone());
    for arch in &options.arch_add {
        if !architectures.contains(arch) {
            architectures.push(arch.clone());
        }
    }
    architectures.retain(|arch| !options.arch_remove.contains(arch));
    let all_is_explicit = architectures.iter().any(|arch| arch == "all");
    if !all_is_explicit && !options.arch_remove.iter().any(|arch| arch == "all") {
        architectures.push("all".to_owned());
    }
    SourceFile { uri: Uri::parse(&source.uri), source, architectures, all_is_explicit }
}
