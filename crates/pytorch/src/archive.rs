//! Checkpoints since PyTorch 1.6: a zip archive of a pickle and the storages.

use std::collections::BTreeMap;

use rawzip::{CompressionMethod, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipArchiveEntryWayfinder, ZipLocator};

use crate::error::{Error, Trouble, cut_off, quoted};
use crate::message::say;
use crate::pages::Pages;
use crate::pickle::{LARGEST, Pickle};
use crate::place::{Extent, place};
use crate::walk::walk;
use crate::{Layout, Source};

/// Number of bytes at the archive's end that are fetched first; they usually include its directory.
const TAIL: u64 = 68 << 10;
/// The largest size of a directory in bytes: ResNet-152's has 0.1 MB.
const LARGEST_DIRECTORY: u64 = 64 << 20;
/// The largest distance from the end of the directory's own end record, in bytes.
const COMMENT: u64 = (64 << 10) + 22;

/// A file within the archive.
#[derive(Clone, Copy)]
struct Record {
    way: ZipArchiveEntryWayfinder,
    header: u64,
    /// Whether its bytes are stored uncompressed.
    plain: bool,
}

pub(crate) async fn open<S: Source>(source: &S) -> Result<Layout, Error<S::Error>> {
    let size = source.size();
    let pages = Pages::new(size);
    pages.fetch(source, size.saturating_sub(TAIL)..size).await.map_err(Error::Source)?;
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let locator = ZipLocator::new().max_search_space(COMMENT);
    let located =
        pages.step(source, || locator.locate_in_reader(&pages, &mut buffer, size).map_err(|(_, error)| error));
    let archive = located.await.map_err(Error::Source)?.map_err(|_| {
        Error::Refused(cut_off(say!("ends-no-zip", "the checkpoint begins as a zip archive and doesn't end as one")))
    })?;
    let directory = archive.directory_offset();
    if size.saturating_sub(directory) > LARGEST_DIRECTORY {
        return Err(Error::Refused(say!(
            "zip-directory-large",
            "the checkpoint's zip directory is larger than 64 MiB, and a checkpoint's has a few hundred entries; the file is damaged, fetch it again"
        )));
    }
    // After this, everything that the directory is read from has been fetched, so nothing is read twice.
    pages.fetch(source, directory..size).await.map_err(Error::Source)?;
    let records = pages.step(source, || records(&archive, &mut buffer)).await.map_err(Error::Source)??;
    drop(buffer);

    let mut pickles = records.keys().filter(|name| *name == "data.pkl" || name.ends_with("/data.pkl"));
    let (pickle, more) = (pickles.next(), pickles.next());
    let pickle = match (pickle, more) {
        (Some(pickle), None) => pickle,
        (None, _) => {
            return Err(Error::Refused(say!(
                "zip-no-checkpoint",
                "this zip archive is no PyTorch checkpoint: it holds no data.pkl. Write one with {save}",
                save = crate::error::SAVE
            )));
        }
        (Some(one), Some(other)) => {
            let mut both = [one, other].map(|name| quoted(name));
            both.sort();
            let [first, second] = both;
            return Err(Error::Refused(say!(
                "zip-several",
                "this zip archive holds several checkpoints, {first} and {second} among them; unpack it and choose one",
                first,
                second
            )));
        }
    };
    let root = pickle.strip_suffix("data.pkl").unwrap_or_default();
    let files = Files { source, pages: &pages, archive: &archive, records: &records, root };
    if let Some(order) = files.extent("byteorder").await? {
        let order = files.read("byteorder", order, 16).await?;
        if order != b"little" {
            return Err(Error::Refused(say!(
                "byte-order",
                "the checkpoint's byte order is {order}, and only little-endian ones are read; load it in Python on a machine with an x86 or ARM processor and save it again: {save}",
                order = quoted(&String::from_utf8_lossy(&order)),
                save = crate::error::SAVE
            )));
        }
    }
    let extent = files.extent("data.pkl").await?.unwrap_or(Extent { start: 0, bytes: 0 });
    let bytes = files.read("data.pkl", extent, LARGEST).await?;
    let pickle = Pickle::read(&bytes)?;
    let findings = walk(&pickle)?;

    let mut keys: Vec<(u64, &str)> = Vec::new();
    let mut extents = BTreeMap::new();
    for (_, draft) in &findings.tensors {
        let key = draft.storage.key;
        if let (None, Some(record)) = (extents.get(key), files.record(&format!("data/{key}"))) {
            extents.insert(key, Extent { start: 0, bytes: 0 });
            keys.push((record.header, key));
        }
    }
    // In the file's order, so that neighbours are fetched together.
    keys.sort_unstable();
    for (_, key) in keys {
        if let Some(extent) = files.extent(&format!("data/{key}")).await? {
            extents.insert(key, extent);
        }
    }
    Ok(place(findings, &extents, size)?)
}

/// All entries of the directory, by name.
fn records(archive: &ZipArchive<&Pages>, buffer: &mut [u8]) -> Result<BTreeMap<String, Record>, Trouble> {
    let mut records = BTreeMap::new();
    let mut entries = archive.entries(buffer);
    while let Some(entry) = entries.next_entry().map_err(|error| {
        say!(
            "zip-directory-damaged",
            "the checkpoint's zip directory can't be read ({words}); fetch the file again",
            words = error.to_string()
        )
    })? {
        let Ok(name) = std::str::from_utf8(entry.file_path().as_bytes()) else {
            // A name that nobody looks for.
            continue;
        };
        let plain = entry.compression_method() == CompressionMethod::STORE
            && !entry.flags().is_encrypted()
            && entry.compressed_size_hint() == entry.uncompressed_size_hint();
        let record = Record { way: entry.wayfinder(), header: entry.local_header_offset(), plain };
        if records.insert(name.to_owned(), record).is_some() {
            return Err(say!(
                "zip-directory-twice",
                "the checkpoint's zip directory has {name} twice; fetch the file again",
                name = quoted(name)
            )
            .into());
        }
    }
    Ok(records)
}

/// The archive's files that belong to the checkpoint.
struct Files<'a, S> {
    source: &'a S,
    pages: &'a Pages,
    archive: &'a ZipArchive<&'a Pages>,
    records: &'a BTreeMap<String, Record>,
    /// How their names begin.
    root: &'a str,
}

impl<S: Source> Files<'_, S> {
    fn record(&self, name: &str) -> Option<Record> {
        self.records.get(&format!("{}{name}", self.root)).copied()
    }

    /// Where a file's bytes are; none if there is no such file.
    async fn extent(&self, name: &str) -> Result<Option<Extent>, Error<S::Error>> {
        let Some(record) = self.record(name) else { return Ok(None) };
        if !record.plain {
            return Err(Error::Refused(say!(
                "zip-compressed",
                "the checkpoint's {name} is compressed or encrypted, which torch.save never does; unpack the zip archive, and pack it again without compression",
                name = quoted(name)
            )));
        }
        self.pages.tidy();
        let found = self
            .pages
            .step(self.source, || self.archive.get_entry(record.way).map(|entry| entry.compressed_data_range()));
        let found = found.await.map_err(Error::Source)?;
        match found {
            Ok((start, end)) if start <= end && end <= self.source.size() => {
                Ok(Some(Extent { start, bytes: end - start }))
            }
            _ => Err(Error::Refused(say!(
                "zip-place",
                "the checkpoint's {name} isn't where its zip directory says; the file is damaged, fetch it again",
                name = quoted(name)
            ))),
        }
    }

    /// A file's bytes; an error if there are more than `most`.
    async fn read(&self, name: &str, extent: Extent, most: u64) -> Result<Vec<u8>, Error<S::Error>> {
        if extent.bytes > most {
            return Err(Error::Refused(say!(
                "zip-file-large",
                "the checkpoint's {name} has {bytes} bytes, and at most {most} were expected; save the tensors alone: {save}",
                name = quoted(name),
                bytes = extent.bytes,
                most,
                save = crate::error::SAVE
            )));
        }
        let mut bytes = vec![0; extent.bytes as usize];
        self.source.read(extent.start, &mut bytes).await.map_err(Error::Source)?;
        Ok(bytes)
    }
}
