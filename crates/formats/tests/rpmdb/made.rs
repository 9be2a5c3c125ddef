//! Databases made by the real `rpm`, and the same as Berkeley DB made by its own `db_load`.

use crate::reading::sound;
use crate::root::run;
use crate::rpm::{database, python, query, suite};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn equals_rpm_on_what_it_installs_and_removes() {
    let root = suite();
    let file = database(&root).join("rpmdb.sqlite");
    let theirs = query(&database(&root), "sqlite");
    assert_eq!(theirs.len(), 62);
    assert_eq!(sound(&fs::read(&file).unwrap()), theirs);
    // Removing leaves free pages and holes; a key is a package like others.
    let names: Vec<String> = (0..60).filter(|i| i % 3 == 0).map(|i| format!("sub{i}")).collect();
    run(root.rpm().args(["-e", "--justdb", "--nodeps", "--noscripts", "big"]).args(&names), "rpm");
    let theirs = query(&database(&root), "sqlite");
    assert_eq!(theirs.len(), 41);
    assert_eq!(sound(&fs::read(&file).unwrap()), theirs);
}

/// The text that `db_load` takes: rpm's counter under key 0, then the headers.
const DUMP: &str = "
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute('select hnum, blob from Packages').fetchall()
with open(sys.argv[2], 'w') as out:
    def put(number, value): out.write(' %s\\n %s\\n' % (number.to_bytes(4, 'little').hex(), value.hex()))
    out.write('HEADER=END\\n')
    put(0, max(n for n, _ in rows).to_bytes(4, 'little'))
    for number, blob in rows: put(number, blob)
    out.write('DATA=END\\n')
";

/// A hash of Berkeley DB from a dump.
fn load(dump: &Path, header: &str, to: &Path) {
    let text = fs::read_to_string(dump).unwrap();
    let whole = dump.with_extension("whole");
    fs::write(&whole, format!("VERSION=3\nformat=bytevalue\ntype=hash\n{header}{text}")).unwrap();
    let mut load = Command::new("db5.3_load");
    run(load.arg("-f").arg(whole).arg(to), "db5.3-util");
}

#[test]
fn equals_rpm_on_berkeley_db_of_every_page_size_and_byte_order() {
    let root = suite();
    let (dump, folder) = (root.path("dump"), root.path("bdb"));
    python(DUMP, &[&database(&root).join("rpmdb.sqlite"), &dump]);
    fs::create_dir(&folder).unwrap();
    let file = folder.join("Packages");
    let wanted = query(&database(&root), "sqlite");
    for page in [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536_u32] {
        for order in [1234, 4321] {
            let _ = fs::remove_file(&file);
            load(&dump, &format!("db_pagesize={page}\ndb_lorder={order}\n"), &file);
            let header = fs::read(&file).unwrap();
            let said: [u8; 4] = header[20..24].try_into().unwrap();
            let said = if order == 1234 { u32::from_le_bytes(said) } else { u32::from_be_bytes(said) };
            assert_eq!(said, page, "the tool made what was asked for");
            assert_eq!(sound(&header), wanted, "{page} bytes a page, byte order {order}");
            if (page, order) == (4096, 1234) {
                assert_eq!(query(&folder, "bdb_ro"), wanted, "rpm reads it as well");
            }
        }
    }
    // Loaded again, every value is replaced: chains are freed and made anew.
    load(&dump, "", &file);
    assert_eq!(sound(&fs::read(&file).unwrap()), wanted);
}

/// A database of 3,000 packages, whose tree has interior pages, and pages of every size.
const MANY: &str = "
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute('select blob from Packages order by hnum').fetchall()
for size in (512, 1024, 65536):
    to = sqlite3.connect('%s/%d' % (sys.argv[2], size))
    to.execute('pragma page_size = %d' % size)
    to.execute('create table other (a)')
    to.execute(\"create table 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)\")
    for number in range(3000):
        to.execute('insert into Packages values (?, ?)', (3 * number + 1, rows[number % len(rows)][0]))
    to.execute('delete from Packages where hnum % 7 = 0')
    to.commit()
";

#[test]
fn reads_trees_of_many_pages() {
    let root = suite();
    let file = database(&root).join("rpmdb.sqlite");
    let folder = root.path("many");
    fs::create_dir(&folder).unwrap();
    python(MANY, &[&file, &folder]);
    let ours = sound(&fs::read(&file).unwrap());
    for size in ["512", "1024", "65536"] {
        let lines = sound(&fs::read(folder.join(size)).unwrap());
        // 3n + 1 is a multiple of 7 for every seventh n, first for 2.
        assert_eq!(lines.len(), 3000 - 429, "pages of {size} bytes");
        let mut distinct = lines;
        distinct.dedup();
        assert_eq!(distinct, ours, "pages of {size} bytes");
    }
}
