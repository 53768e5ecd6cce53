import Sandbox

/// The commands that read one file, called `input` in a workspace of its own. They write to their output what a model reads;
/// parts of different origin are parted by a record separator, pages by a form feed.
enum DocumentScripts {
    static let recordSeparator: Character = "\u{1E}"

    /// Facts, then the text of pages `first` to `last`.
    static func pdf(_ pages: ClosedRange<Int>) -> SandboxCommand {
        shell(
            """
            pdfinfo -enc UTF-8 input 2>/dev/null | grep -E '^(Title|Author|Subject|CreationDate|Pages|Encrypted):'
            printf '\\036'
            exec pdftotext -layout -enc UTF-8 -f "$1" -l "$2" input -
            """,
            ["\(pages.lowerBound)", "\(pages.upperBound)"]
        )
    }

    /// The text that is seen in pictures of pages.
    static func scanned(_ pages: ClosedRange<Int>) -> SandboxCommand {
        shell(
            """
            pdftoppm -r 150 -gray -f "$1" -l "$2" -png input /tmp/page || exit
            \(languages)
            for page in /tmp/page*.png; do
                tesseract "$page" - -l "$languages" 2>/dev/null || exit
                printf '\\014'
            done
            """,
            ["\(pages.lowerBound)", "\(pages.upperBound)"]
        )
    }

    static func prose(_ format: String) -> SandboxCommand {
        SandboxCommand([
            "/usr/bin/pandoc", "--sandbox", "--from", format, "--to", "gfm-raw_html", "--wrap=none", "--columns=200",
            "input",
        ])
    }

    /// Facts, then what can be read in it.
    static func picture(measures: Bool) -> SandboxCommand {
        shell(
            """
            [ "$1" = yes ] && ffprobe -v error -show_entries stream=width,height -of csv=p=0:s=x input | head -n 1
            printf '\\036'
            \(languages)
            exec tesseract input - -l "$languages" 2>/dev/null
            """,
            [measures ? "yes" : "no"]
        )
    }

    static let facts = shell(
        """
        exec ffprobe -v error -of default=noprint_wrappers=1 -show_entries \\
        'format=format_long_name,duration,bit_rate:format_tags=title,artist,album,date,comment:stream=codec_type,codec_name,width,height,avg_frame_rate,sample_rate,channels' \\
        input
        """,
        []
    )

    /// What is heard in a recording, small, as `sound.mp3`.
    static func sound(bitsPerSecond: Int, seconds: Int) -> SandboxCommand {
        shell(
            "exec ffmpeg -v error -nostdin -i input -vn -ac 1 -ar 16000 -b:a \(bitsPerSecond) -t \(seconds) -y sound.mp3",
            []
        )
    }

    /// Pictures of a film, spread over its length, as `frame-01.jpg` and so on.
    static func frames(_ count: Int) -> SandboxCommand {
        shell(
            """
            length=$(ffprobe -v error -show_entries format=duration -of csv=p=0 input) || exit
            for number in $(seq 1 "$1"); do
                place=$(python3 -c 'import sys; print(float(sys.argv[1]) * (int(sys.argv[2]) - 0.5) / int(sys.argv[3]))' \\
                    "$length" "$number" "$1") || exit
                ffmpeg -v error -nostdin -ss "$place" -i input -frames:v 1 -vf 'scale=min(1280\\,iw):-2' \\
                    -y "frame-$(printf %02d "$number").jpg" || exit
                echo "$place"
            done
            """,
            ["\(count)"]
        )
    }

    /// What is said, in a form that every service takes.
    static let speech = shell(
        "exec ffmpeg -v error -nostdin -i input -vn -ac 1 -ar 16000 -b:a 32k -t 7200 -y speech.mp3",
        []
    )

    /// As PDF, for whoever reads that.
    static let printed = shell(printing, [])

    static let printing = """
        HOME=/tmp soffice --headless --norestore --convert-to pdf --outdir . input >/dev/null 2>&1
        [ -s input.pdf ] && mv input.pdf input || exit 1
        """

    static func python(_ script: String, _ arguments: [String]) -> SandboxCommand {
        SandboxCommand(["/usr/bin/python3", "-I", "/run/program"] + arguments, program: script)
    }

    static func shell(_ script: String, _ arguments: [String]) -> SandboxCommand {
        SandboxCommand(["/bin/bash", "/run/program"] + arguments, program: script)
    }

    /// All that are installed.
    private static let languages = """
        export OMP_THREAD_LIMIT=1
        languages=$(tesseract --list-langs 2>/dev/null | tail -n +2 | grep -v '^osd$' | paste -s -d +)
        """
}
