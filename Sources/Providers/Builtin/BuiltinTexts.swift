/// What the scripted model says, in the language of the question.
struct BuiltinTexts {
    private let isChinese: Bool

    init(answering question: String) { isChinese = question.contains { $0.isHan } }

    func answer(_ question: String) -> String {
        let quote = Self.firstWords(of: question)
        return isChinese
            ? """
            ## 内置演示，不是人工智能

            你写的是：“\(quote)”。我是 ALMA 自带的脚本，不理解问题，只用固定的文字来展示回答如何逐字出现。

            \(markdownChinese)

            想要真正的回答，请在 **模型提供商** 页面添加一个提供商。发送 `/help` 查看我能演示什么。
            """
            : """
            ## The built-in demo, not an AI

            You wrote: “\(quote)”. I am a script inside ALMA. I understand nothing; I show with fixed words how an \
            answer arrives.

            \(markdownEnglish)

            For a real answer, add a provider on the page **Model providers**. Send `/help` to see what I can play.
            """
    }

    var markdown: String { isChinese ? markdownChinese : markdownEnglish }

    var help: String { isChinese ? helpChinese : helpEnglish }

    func long(_ words: Int) -> String {
        if isChinese {
            return "（内置演示）" + String(String(repeating: "这是一段很长的演示文字，", count: words / 12 + 1).prefix(words))
        }
        let sentence = ["The", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog."]
        return "(Built-in demo) " + (0..<words).map { sentence[$0 % sentence.count] }.joined(separator: " ")
    }

    var slow: String {
        isChinese
            ? "（内置演示）这个回答写得很慢，好让人看清楚它怎样到来。"
            : "(Built-in demo) This answer is slow, so that one can watch it come."
    }

    var beginning: String {
        isChinese ? "（内置演示）回答的开头已经到了，然后" : "(Built-in demo) The beginning of the answer came, and then "
    }

    var reasoning: String {
        isChinese
            ? "这段文字假装在思考：先读问题，再想办法，最后决定怎样回答。"
            : "This text pretends to think: read the question, look for a way, decide how to answer. "
    }

    var afterReasoning: String {
        isChinese
            ? "（内置演示）思考之后的回答。脚本其实不会思考。"
            : "(Built-in demo) The answer after the thinking. A script does not really think."
    }

    func toolResult(_ name: String, _ content: String, _ isError: Bool) -> String {
        let fence = Self.fence(for: content)
        let outcome =
            switch (isChinese, isError) {
            case (true, false): "（内置演示）工具 `\(name)` 返回："
            case (true, true): "（内置演示）工具 `\(name)` 失败："
            case (false, false): "(Built-in demo) The tool `\(name)` returned:"
            case (false, true): "(Built-in demo) The tool `\(name)` failed:"
            }
        return "\(outcome)\n\n\(fence)\n\(content)\n\(fence)\n"
    }

    /// The question's beginning on one line, without characters that Markdown would read.
    private static func firstWords(of question: String) -> String {
        let line = question.split { $0.isWhitespace }.joined(separator: " ")
            .filter { !"*_`[]()<>#|\\~!&".contains($0) }
        return line.count > 40 ? line.prefix(40) + "…" : line
    }

    /// Longer than any row of backticks inside.
    private static func fence(for content: String) -> String {
        var longest = 0
        var row = 0
        for character in content {
            row = character == "`" ? row + 1 : 0
            longest = max(longest, row)
        }
        return String(repeating: "`", count: max(3, longest + 1))
    }
}

extension BuiltinTexts {
    private var markdownEnglish: String {
        """
        ### What an answer may hold

        1. Numbered steps, with **bold** and *italic* words
        2. Bullet points
           - one inside the other
           - and `code` in a line

        | What | Where | How much |
        |:-----|:-----:|---------:|
        | Table | here | 3 rows |
        | Link | [swift.org](https://www.swift.org) | 1 |
        | ~~Mistake~~ | struck out | 0 |

        ```swift
        let answer = (1...10).filter { $0.isMultiple(of: 2) }
        print(answer)  // [2, 4, 6, 8, 10]
        ```

        - [x] a task that is done
        - [ ] a task that is not

        > A quotation ends the show.
        """
    }

    private var markdownChinese: String {
        """
        ### 回答里可以有什么

        1. 编号的步骤，带有 **粗体** 和 *斜体*
        2. 列表
           - 可以嵌套
           - 也可以有行内的 `代码`

        | 内容 | 位置 | 数量 |
        |:-----|:----:|-----:|
        | 表格 | 这里 | 3 行 |
        | 链接 | [swift.org](https://www.swift.org) | 1 |
        | ~~错误~~ | 删除线 | 0 |

        ```swift
        let answer = (1...10).filter { $0.isMultiple(of: 2) }
        print(answer)  // [2, 4, 6, 8, 10]
        ```

        - [x] 完成的任务
        - [ ] 没有完成的任务

        > 最后是一段引用。
        """
    }

    private var helpEnglish: String {
        """
        ## The built-in demo, not an AI

        I am a script. An ordinary message gets a fixed answer; these commands make me act or misbehave:

        | Command | What happens |
        |---------|--------------|
        | `/help` | this text |
        | `/markdown` | headings, lists, a table, code |
        | `/echo text` | the text comes back |
        | `/long N` | an answer of N words |
        | `/slow N` | one word every N milliseconds |
        | `/reasoning` | shown thinking, then an answer |
        | `/tool name {json}` | calls the tool and shows its result |
        | `/fail code` | fails: `400`, `401`, `403`, `404`, `429`, `500`, `timeout`, `unreachable`, `malformed`, `interrupted` |
        | `/stall` | begins and falls silent |

        The model `demo` writes about 50 pieces a second, `demo-fast` as fast as it can. Token numbers are estimates.
        """
    }

    private var helpChinese: String {
        """
        ## 内置演示，不是人工智能

        我是一个脚本。普通消息得到固定的回答；下面的命令让我做事或者出错：

        | 命令 | 结果 |
        |------|------|
        | `/help` | 这段文字 |
        | `/markdown` | 标题、列表、表格、代码 |
        | `/echo 文字` | 原样返回 |
        | `/long N` | N 个词的回答 |
        | `/slow N` | 每 N 毫秒一个词 |
        | `/reasoning` | 先显示思考，再回答 |
        | `/tool 名称 {json}` | 调用工具并显示结果 |
        | `/fail 代码` | 出错：`400`、`401`、`403`、`404`、`429`、`500`、`timeout`、`unreachable`、`malformed`、`interrupted` |
        | `/stall` | 开始之后不再出声 |

        模型 `demo` 每秒大约写 50 段，`demo-fast` 尽可能快。用量数字是估计值。
        """
    }
}
