//! Tests of `columnar`.

use super::*;

fn column(name: &str, kind: Kind, required: bool) -> Column {
    Column {
        meaning: ColumnMeaning {
            column: name.to_owned(),
            unit: "number",
            meaning: format!("about {name}"),
            values: Vec::new(),
        },
        kind,
        required,
        words: vec!["peace".to_owned(), "war".to_owned()],
    }
}

fn sample() -> (Vec<Column>, Vec<Cells>) {
    let columns = vec![
        column("run", Kind::Long, true),
        column("level.a", Kind::Int, false),
        column("day", Kind::Date, false),
        column("utility", Kind::Number, false),
        column("outcome", Kind::Word, false),
        column("error", Kind::Text, false),
    ];
    let mut cells: Vec<Cells> = columns.iter().map(|c| Cells::new(c.kind)).collect();
    for row in 0..100_i32 {
        let full = row % 3 > 0;
        let some = |cell| if full { cell } else { Cell::None };
        let values = [
            Cell::Long(i64::from(row)),
            some(Cell::Int(row % 4)),
            some(Cell::Int(19_000 + row)),
            some(Cell::Number(0.1 * f64::from(row))),
            some(Cell::Word((row % 2) as u32)),
            if full {
                Cell::None
            } else {
                Cell::Text("it broke")
            },
        ];
        cells.iter_mut().zip(values).for_each(|(c, v)| c.push(v));
    }
    (columns, cells)
}

fn written(columns: &[Column], groups: &[&[Cells]]) -> Vec<u8> {
    let mut writer = RowsWriter::new(Vec::new(), columns).unwrap();
    for group in groups {
        writer.group(group).unwrap();
    }
    writer.finish(&[("plan", "abc".to_owned())]).unwrap()
}

#[test]
fn what_is_written_is_read() {
    let (columns, cells) = sample();
    let path = std::env::temp_dir().join(format!("jawjaw-rows-{}", std::process::id()));
    std::fs::write(&path, written(&columns, &[&cells, &cells])).unwrap();
    let reader = RowsReader::open(&path).unwrap();
    assert_eq!((reader.rows(), reader.groups()), (200, 2));
    assert_eq!(reader.entry("plan"), Some("abc"));
    assert!(reader.entry(COLUMNS).unwrap().contains("about utility"));
    assert!(reader.has_columns(&columns) && !reader.has_columns(&columns[1..]));
    check_digest(&path, &reader).unwrap();
    let wanted: Vec<usize> = (0..columns.len()).collect();
    for group in 0..2 {
        let read = reader.read(group, &columns, &wanted).unwrap();
        for (read, cells) in read.iter().zip(&cells) {
            for row in 0..100 {
                assert_eq!(read.cell(row), cells.cell(row));
            }
        }
    }
    // Copying the groups of two files is writing them into one, but for what the footer says of
    // them in words that are out of use.
    let mut copy = RowsWriter::new(Vec::new(), &columns).unwrap();
    let one = written(&columns, &[&cells]);
    std::fs::write(&path, &one).unwrap();
    let file = File::open(&path).unwrap();
    copy.copy(&file).unwrap();
    copy.copy(&file).unwrap();
    let copied = copy.finish(&[("plan", "abc".to_owned())]).unwrap();
    std::fs::write(&path, &copied).unwrap();
    let reader = RowsReader::open(&path).unwrap();
    check_digest(&path, &reader).unwrap();
    let both = written(&columns, &[&cells, &cells]);
    let length: usize = reader.entry(LENGTH).unwrap().parse().unwrap();
    assert!(copied[..4 + length] == both[..4 + length]);
    for (read, cells) in reader
        .read(1, &columns, &wanted)
        .unwrap()
        .iter()
        .zip(&cells)
    {
        assert_eq!(read.cell(98), cells.cell(98));
    }
    // One byte of the data is another.
    let mut damaged = one.clone();
    damaged[40] ^= 1;
    std::fs::write(&path, damaged).unwrap();
    let reader = RowsReader::open(&path).unwrap();
    assert!(check_digest(&path, &reader).is_err());
    std::fs::write(&path, &one[..one.len() - 9]).unwrap();
    assert!(RowsReader::open(&path).is_err());
    std::fs::remove_file(path).unwrap();
}
