//! SQLite's write-ahead log: what was committed counts, what was not does not.

use crate::reading::lines_of;
use crate::rpm::{database, python, query, suite};
use std::fs;

/// Makes copies of the database and its log while the connection is open, so that nothing was written
/// back: after one transaction, after two, and in the middle of a third that has spilled to the log.
const TRANSACTIONS: &str = "
import shutil, sqlite3, sys
file, to = sys.argv[1:3]
db = sqlite3.connect(file, isolation_level=None)
assert db.execute('pragma journal_mode').fetchone()[0] == 'wal'
db.execute('pragma wal_autocheckpoint = 0')
db.execute('pragma cache_size = 5')
def copy(name):
    for end in ('', '-wal'):
        shutil.copy(file + end, '%s/%s%s' % (to, name, end))
db.execute('begin')
db.execute('delete from Packages where hnum < 20')
db.execute('commit')
copy('one')
db.execute('begin')
db.execute('insert into Packages (blob) select blob from Packages where hnum between 30 and 40')
db.execute('commit')
copy('two')
db.execute('begin')
db.execute('update Packages set blob = zeroblob(length(blob))')
copy('three')
db.execute('rollback')
db.execute('pragma wal_checkpoint(full)')
db.execute('begin')
db.execute('delete from Packages where hnum > 45')
db.execute('commit')
copy('four')
";

#[test]
fn applies_what_was_committed() {
    let root = suite();
    let to = root.path("copies");
    fs::create_dir(&to).unwrap();
    let file = database(&root).join("rpmdb.sqlite");
    let before = query(&database(&root), "sqlite");
    python(TRANSACTIONS, &[&file, &to]);
    let mut logs = Vec::new();
    for (name, count) in [("one", 43), ("two", 54), ("three", 54), ("four", 26)] {
        let (file, log) = (fs::read(to.join(name)).unwrap(), fs::read(to.join(format!("{name}-wal"))).unwrap());
        let (lines, outcome) = lines_of(&file, Some(&log)).unwrap();
        assert_eq!((lines.len(), outcome.skipped), (count, vec![]), "{name}");
        if name != "four" {
            assert_eq!(lines_of(&file, None).unwrap().0, before, "{name}: the file itself is as it was");
        }
        // rpm joins the log on opening, and cleans up: in a folder of its own.
        let folder = root.path(&format!("by-rpm-{name}"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("rpmdb.sqlite"), &file).unwrap();
        fs::write(folder.join("rpmdb.sqlite-wal"), &log).unwrap();
        assert_eq!(lines, query(&folder, "sqlite"), "{name}");
        logs.push(log);
    }
    assert!(logs[2].len() > logs[1].len(), "the third transaction has spilled");
    assert!(logs[3].len() >= logs[2].len(), "the log begins anew over what is left of an earlier round");
}

#[test]
fn a_log_cut_anywhere_gives_a_state_that_was() {
    let root = suite();
    let to = root.path("copies");
    fs::create_dir(&to).unwrap();
    let before = query(&database(&root), "sqlite");
    python(TRANSACTIONS, &[&database(&root).join("rpmdb.sqlite"), &to]);
    let (file, log) = (fs::read(to.join("two")).unwrap(), fs::read(to.join("two-wal")).unwrap());
    let of = |log: &[u8]| lines_of(&file, Some(log)).unwrap().0;
    let one = of(&fs::read(to.join("one-wal")).unwrap());
    let two = of(&log);
    let mut met = [0; 3];
    for end in (0..log.len()).step_by(4003).chain([1, 31, 32, 33, log.len() - 1]) {
        let lines = of(&log[..end]);
        let state = [&before, &one, &two].into_iter().position(|state| *state == lines);
        met[state.unwrap_or_else(|| panic!("cut at {end}: {} packages", lines.len()))] += 1;
    }
    assert!(met[0] > 0 && met[1] > 0 && met[2] == 0, "{met:?}");
    // A bit that is wrong ends the log at the last transaction before.
    let mut flipped = log.clone();
    let last = flipped.len() - 10;
    flipped[last] ^= 4;
    assert_eq!(of(&flipped), one);
    flipped = log;
    flipped[40] ^= 4;
    assert_eq!(of(&flipped), before);
}
