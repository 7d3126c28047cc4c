"""What credentials look like: rules as data, after the form that gitleaks made common (identifier, keywords, expression, entropy).

Vendors that mark their tokens with a prefix are told apart by it; everything else needs an assignment to a name that says so.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One kind of secret. The secret is the expression's group `secret`, or the whole match.

    A line is looked at only if it holds one of `keywords` (without case). A match is kept when its Shannon entropy is at least
    `entropy` bits a character. `whole`: the expression reads the document, not a line.
    """

    type: str
    keywords: tuple[str, ...]
    pattern: str
    score: float = 0.9
    entropy: float = 2.5
    whole: bool = False


_END = r"(?![\w-])"
_PEM = r"-----(?:BEGIN|END)[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----"

RULES: tuple[Rule, ...] = (
    Rule("SECRET_AWS_KEY", ("akia", "asia", "abia", "acca"), r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    Rule(
        "SECRET_AWS_KEY",
        ("aws", "amazon"),
        r"(?i)(?:aws|amazon)[\w .-]{0,30}(?:secret|private)[\w .-]{0,20}[\"']?\s{0,3}(?:=>|[:=])\s{0,3}[\"']?"
        r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        entropy=4.0,
    ),
    Rule("SECRET_GITHUB_TOKEN", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\bgh[pousr]_[A-Za-z0-9]{36,251}" + _END),
    Rule("SECRET_GITHUB_TOKEN", ("github_pat_",), r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}" + _END),
    Rule("SECRET_GITLAB_TOKEN", ("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-"), r"\bgl(?:pat|dt|rt|ptt|cbt)-[\w-]{20,60}" + _END),
    Rule("SECRET_SLACK_TOKEN", ("xox",), r"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}" + _END),
    Rule("SECRET_SLACK_TOKEN", ("hooks.slack.com",), r"hooks\.slack\.com/services/(?P<secret>T\w{6,12}/B\w{6,12}/\w{20,30})"),
    Rule(
        "SECRET_STRIPE_KEY", ("sk_live_", "rk_live_", "sk_test_", "rk_test_"), r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,250}" + _END
    ),
    Rule("SECRET_GOOGLE_KEY", ("aiza",), r"\bAIza[\w-]{35}" + _END, entropy=3.0),
    Rule("SECRET_GOOGLE_KEY", ("gocspx-", "ya29."), r"\b(?:GOCSPX-[\w-]{28}|ya29\.[\w-]{30,400})" + _END),
    Rule("SECRET_OPENAI_KEY", ("t3blbkfj",), r"\bsk-[\w-]{20,120}T3BlbkFJ[\w-]{20,120}" + _END),
    Rule("SECRET_ANTHROPIC_KEY", ("sk-ant-",), r"\bsk-ant-[\w-]{60,150}" + _END),
    Rule("SECRET_HUGGING_FACE_TOKEN", ("hf_",), r"\bhf_[A-Za-z]{34}" + _END, entropy=3.5),
    Rule("SECRET_NPM_TOKEN", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}" + _END),
    Rule("SECRET_PYPI_TOKEN", ("pypi-ageichlwas5vcmc",), r"\bpypi-AgEIcHlwaS5vcmc[\w-]{50,1000}" + _END),
    Rule("SECRET_SENDGRID_KEY", ("sg.",), r"\bSG\.[\w-]{22}\.[\w-]{43}" + _END),
    Rule("SECRET_DIGITALOCEAN_TOKEN", ("dop_v1_", "doo_v1_", "dor_v1_"), r"\bdo[opr]_v1_[a-f0-9]{64}" + _END),
    Rule("SECRET_DOCKER_TOKEN", ("dckr_pat_",), r"\bdckr_pat_[\w-]{27}" + _END),
    Rule("SECRET_VAULT_TOKEN", ("hvs.",), r"\bhvs\.[\w-]{24,150}" + _END, entropy=3.5),
    Rule("SECRET_AZURE_KEY", ("accountkey=",), r"(?i)AccountKey=(?P<secret>[A-Za-z0-9+/]{86}==)", entropy=4.0),
    Rule("SECRET_JWT", ("eyj",), r"(?<![\w-])eyJ[\w-]{10,1500}\.eyJ[\w-]{10,1500}\.[\w-]{20,700}" + _END, score=0.8, entropy=3.5),
    Rule(
        "SECRET_PRIVATE_KEY",
        ("private key",),
        rf"{_PEM.replace('(?:BEGIN|END)', 'BEGIN')}[\s\S]{{64,20000}}?{_PEM.replace('(?:BEGIN|END)', 'END')}",
        whole=True,
    ),
    Rule(
        "SECRET_URL_PASSWORD",
        ("://",),
        r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s:/@\"'<>]{1,64}:(?P<secret>[^\s:/@\"'<>]{6,100})@[\w.-]+",
        score=0.7,
    ),
    Rule(
        "SECRET_AUTHORIZATION",
        ("authorization",),
        r"(?i)authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:bearer|basic|token)\s+(?P<secret>[\w.~+/-]{20,400}={0,2})",
        score=0.7,
        entropy=3.5,
    ),
    Rule(
        "SECRET_PASSWORD",
        ("passw", "pwd", "secret", "token", "api_key", "apikey", "api-key", "access_key", "credential"),
        r"(?i)[\w.-]{0,40}(?:passw(?:or)?d|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|credential)s?(?:[_-]\w{1,20})?[\"']?"
        r"\s{0,3}(?:=>|:=|[:=])\s{0,3}(?P<quote>[\"'])(?P<secret>[^\s\"'<>{}]{8,128})(?P=quote)",
        score=0.6,
        entropy=3.0,
    ),
    Rule(
        "SECRET_PASSWORD",
        ("passw", "pwd", "secret", "token", "api_key", "apikey", "access_key"),
        r"(?m)^\s{0,8}(?:export\s+)?[A-Z][A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY)=(?P<secret>[^\s\"'<>{}$]{8,128})\s*$",
        score=0.6,
        entropy=3.0,
    ),
)
