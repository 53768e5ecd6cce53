/// Programs in Python that read what is in archives of XML, with its standard library alone. Each entry's size is looked at
/// before it is read: an archive of a few bytes may hold terabytes.
enum OfficeScripts {
    private static let opening = """
        import re, sys, zipfile
        import xml.etree.ElementTree as tree

        LARGEST = 200 << 20

        def fail(words):
            print(words, file=sys.stderr)
            sys.exit(3)

        def entry(archive, name):
            try:
                info = archive.getinfo(name)
            except KeyError:
                return None
            if info.file_size > LARGEST:
                fail("A part of it is larger than 200 MB.")
            return archive.open(info)

        def part(archive, name):
            file = entry(archive, name)
            return None if file is None else tree.parse(file).getroot()

        def local(element):
            return element.tag.rpartition("}")[2]

        def relations(archive, name):
            folder, _, file = name.rpartition("/")
            root = part(archive, f"{folder}/_rels/{file}.rels")
            found = {}
            for item in root if root is not None else []:
                target = item.get("Target", "")
                path = target[1:] if target.startswith("/") else f"{folder}/{target}"
                while re.search(r"[^/]+/\\.\\./", path):
                    path = re.sub(r"[^/]+/\\.\\./", "", path, count=1)
                found[item.get("Id")] = (item.get("Type", "").rpartition("/")[2], path)
            return found

        def cell(text):
            return text.replace("\\\\", "\\\\\\\\").replace("|", "\\\\|").replace("\\n", "<br>").strip()

        """

    /// Arguments: the sheet's name or number, empty for all; the most rows of each.
    static let workbook =
        opening + """
            import datetime

            REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

            def strings(archive):
                found, file = [], entry(archive, "xl/sharedStrings.xml")
                if file is None:
                    return found
                for _, item in tree.iterparse(file):
                    if local(item) == "si":
                        found.append("".join(t.text or "" for r in item.iter() if local(r) == "t" for t in [r]))
                        item.clear()
                return found

            def dates(archive):
                root, formats, kinds = part(archive, "xl/styles.xml"), {}, []
                if root is None:
                    return kinds
                for item in root.iter():
                    if local(item) == "numFmt":
                        formats[item.get("numFmtId")] = item.get("formatCode", "")
                for group in root:
                    if local(group) != "cellXfs":
                        continue
                    for item in group:
                        number = int(item.get("numFmtId", "0"))
                        code = re.sub(r'"[^"]*"|\\[[^\\]]*\\]|\\\\.', "", formats.get(str(number), "")).lower()
                        kinds.append(14 <= number <= 22 or 45 <= number <= 47 or bool(re.search("[ymdhs]", code)))
                return kinds

            def moment(number):
                time = datetime.datetime(1899, 12, 30) + datetime.timedelta(seconds=round(number * 86400))
                if number < 1:
                    return time.strftime("%H:%M:%S")
                return time.strftime("%Y-%m-%d" if number == int(number) else "%Y-%m-%d %H:%M:%S")

            def value(item, texts, kinds):
                kind, raw, inline = item.get("t", "n"), None, []
                for child in item.iter():
                    if local(child) == "v":
                        raw = child.text
                    if local(child) == "t":
                        inline.append(child.text or "")
                if kind == "inlineStr":
                    return "".join(inline)
                if raw is None:
                    return ""
                if kind == "s":
                    return texts[int(raw)] if int(raw) < len(texts) else ""
                if kind == "b":
                    return "TRUE" if raw == "1" else "FALSE"
                if kind in ("str", "e", "d"):
                    return raw
                style = int(item.get("s", "0"))
                try:
                    number = float(raw)
                    if style < len(kinds) and kinds[style] and 0 <= number < 2958466:
                        return moment(number)
                    return repr(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)
                except (ValueError, OverflowError):
                    return raw

            def column(reference):
                number = 0
                for letter in re.match("[A-Z]*", reference or "").group():
                    number = number * 26 + ord(letter) - 64
                return number

            def rows(archive, path, texts, kinds):
                for _, row in tree.iterparse(entry(archive, path)):
                    if local(row) != "row":
                        continue
                    values = []
                    for item in row:
                        if local(item) != "c":
                            continue
                        place = column(item.get("r")) or len(values) + 1
                        if place > 200:
                            break
                        values += [""] * (place - 1 - len(values))
                        values.append(value(item, texts, kinds))
                    row.clear()
                    yield values

            def sheets(archive):
                book = "xl/workbook.xml"
                known, found = relations(archive, book), []
                for item in part(archive, book).iter():
                    if local(item) == "sheet" and item.get(REL) in known:
                        found.append((item.get("name", ""), known[item.get(REL)][1]))
                return found

            def main():
                wanted, most, style = sys.argv[1], int(sys.argv[2]), sys.argv[3]
                archive = zipfile.ZipFile("input")
                all_sheets = sheets(archive)
                chosen = [s for i, s in enumerate(all_sheets, 1) if wanted in ("", s[0], str(i))]
                if not chosen:
                    fail("There is no such sheet. There are: " + ", ".join(name for name, _ in all_sheets))
                texts, kinds = strings(archive), dates(archive)
                if style == "csv":
                    import csv
                    out = csv.writer(sys.stdout, lineterminator="\\n")
                    for values in rows(archive, chosen[0][1], texts, kinds):
                        out.writerow(values)
                    return
                print("Sheets: " + ", ".join(name for name, _ in all_sheets) + "\\x1e")
                for name, path in chosen:
                    print(f"## {name}\\n")
                    kept, left = [], 0
                    for values in rows(archive, path, texts, kinds):
                        if not any(values):
                            continue
                        if len(kept) < most:
                            kept.append(values)
                        else:
                            left += 1
                    width = max((len(values) for values in kept), default=0)
                    for index, values in enumerate(kept):
                        print("| " + " | ".join(cell(v) for v in values + [""] * (width - len(values))) + " |")
                        if index == 0:
                            print("|" + " --- |" * width)
                    print(f"\\n{left} more rows are left out." if left else "" if kept else "(empty)")

            main()
            """

    static let slides =
        opening + """
            REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

            def paragraphs(body):
                found = []
                for item in body.iter():
                    if local(item) == "p":
                        words = "".join(
                            "\\n" if local(t) == "br" else t.text or "" for t in item.iter() if local(t) in ("t", "br")
                        ).strip()
                        level = next((int(p.get("lvl", "0")) for p in item if local(p) == "pPr"), 0)
                        if words:
                            found.append((level, words))
                return found

            def table(item):
                lines = []
                for row in (r for r in item.iter() if local(r) == "tr"):
                    cells = [" ".join(w for _, w in paragraphs(c)) for c in row if local(c) == "tc"]
                    lines.append("| " + " | ".join(cell(c) for c in cells) + " |")
                    if len(lines) == 1:
                        lines.append("|" + " --- |" * len(cells))
                return "\\n".join(lines)

            def shapes(root):
                for item in root.iter():
                    if local(item) == "sp":
                        kind = next((p.get("type", "") for p in item.iter() if local(p) == "ph"), "")
                        found = paragraphs(item)
                        if kind in ("sldNum", "dt", "ftr") or not found:
                            continue
                        if kind in ("title", "ctrTitle"):
                            yield "title", " ".join(words for _, words in found)
                        else:
                            yield "text", "\\n".join("  " * level + "- " + words for level, words in found)
                    elif local(item) == "tbl":
                        yield "text", table(item)

            def main():
                first, last = int(sys.argv[1]), int(sys.argv[2])
                archive, show = zipfile.ZipFile("input"), "ppt/presentation.xml"
                known = relations(archive, show)
                slides = [known[i.get(REL)][1] for i in part(archive, show).iter() if local(i) == "sldId" and i.get(REL) in known]
                print(f"Slides: {len(slides)}\\x1e")
                for number, path in enumerate(slides, 1):
                    if not first <= number <= last:
                        continue
                    found = list(shapes(part(archive, path)))
                    title = next((words for kind, words in found if kind == "title"), "")
                    print(f"## Slide {number}" + (f": {title}" if title else "") + "\\n")
                    for kind, words in found:
                        if kind != "title":
                            print(words + "\\n")
                    for kind, notes in relations(archive, path).values():
                        if kind == "notesSlide" and (root := part(archive, notes)) is not None:
                            words = [w for k, w in shapes(root) if k == "text"]
                            if words:
                                print("Notes:\\n" + "\\n".join(words) + "\\n")

            main()
            """

    /// What is in an archive, without unpacking it.
    static let contents = """
        import sys, tarfile, zipfile

        MOST = 1000
        count = total = 0
        lines = []

        def show(name, size):
            global count, total
            count, total = count + 1, total + size
            if count <= MOST:
                lines.append(f"{name}  {size}")

        if zipfile.is_zipfile("input"):
            for item in zipfile.ZipFile("input").infolist():
                show(item.filename, item.file_size)
        elif tarfile.is_tarfile("input"):
            for item in tarfile.open("input"):
                show(item.name + ("/" if item.isdir() else ""), item.size)
        else:
            print("It is no archive of more than one file. The tool archive can unpack it.")
            sys.exit()
        print(f"Entries: {count}\\nBytes unpacked: {total}\\x1e")
        print("\\n".join(lines).encode("utf-8", "replace").decode())
        if count > MOST:
            print(f"… and {count - MOST} more")
        """
}
