"""Certificates made and read by the openssl command line: the independent second opinion on what rdpwatch reports."""

import datetime
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.process import tool

_CA_CONFIG = """
[ca]
default_ca = here
[here]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
rand_serial = yes
unique_subject = no
policy = anything
default_md = {digest}
copy_extensions = none
email_in_dn = yes
x509_extensions = leaf
[anything]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
[leaf]
{extensions}
[req]
prompt = no
distinguished_name = empty
utf8 = yes
string_mask = utf8only
[empty]
"""


def _openssl(*arguments):
    done = subprocess.run([tool("openssl"), *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


@dataclass
class Certificate:
    path: Path
    key: Path


def days_from_now(days):
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=days)


def make(folder, name, key="rsa:2048", subject="/CN=rdp-host", sans=(), from_days=-1, to_days=90, digest="sha256",
         issuer=None, ca=False):
    """A certificate `name`.pem with its key `name`.key, self-signed or signed by `issuer`, valid from and to that many
    days from now (negative: in the past). `key`: rsa:BITS or ec:CURVE."""
    folder = Path(folder)
    key_path, csr, pem = folder / f"{name}.key", folder / f"{name}.csr", folder / f"{name}.pem"
    kind, parameter = key.split(":")
    option = f"rsa_keygen_bits:{parameter}" if kind == "rsa" else f"ec_paramgen_curve:{parameter}"
    _openssl("genpkey", "-algorithm", kind.upper(), "-pkeyopt", option, "-out", key_path)

    extensions = ["basicConstraints = " + ("critical,CA:TRUE" if ca else "CA:FALSE")]
    if not ca:
        extensions.append("extendedKeyUsage = serverAuth")
    if sans:
        extensions.append("subjectAltName = " + ",".join(sans))
    config = folder / f"{name}.cnf"
    config.write_text(_CA_CONFIG.format(folder=folder, digest=digest, extensions="\n".join(extensions)), encoding="utf-8")
    (folder / "index.txt").touch()
    _openssl("req", "-new", "-config", config, "-key", key_path, "-subj", subject, "-utf8", "-out", csr)
    signer = ("-selfsign", "-keyfile", key_path) if issuer is None else ("-cert", issuer.path, "-keyfile", issuer.key)
    _openssl("ca", "-batch", "-notext", "-config", config, "-utf8", "-preserveDN", *signer, "-in", csr, "-out", pem,
             "-startdate", days_from_now(from_days).strftime("%Y%m%d%H%M%SZ"),
             "-enddate", days_from_now(to_days).strftime("%Y%m%d%H%M%SZ"))
    return Certificate(pem, key_path)


def facts(certificate):
    """What openssl says of the file, in the words of rdpwatch's JSON."""
    text = _openssl("x509", "-in", certificate.path, "-noout", "-subject", "-issuer", "-serial", "-startdate", "-enddate",
                    "-fingerprint", "-sha256", "-nameopt", "RFC2253,-esc_msb,utf8", "-dateopt", "iso_8601")
    lines = dict(line.split("=", 1) for line in text.splitlines())
    long_text = _openssl("x509", "-in", certificate.path, "-noout", "-text")
    algorithm = re.search(r"Public Key Algorithm: (\S+)", long_text).group(1)
    sans = re.search(r"X509v3 Subject Alternative Name: \n\s*(.*)\n", long_text)
    return {
        "subject": lines["subject"],
        "issuer": lines["issuer"],
        "serial": lines["serial"].lower(),
        "sha256": lines["sha256 Fingerprint"].replace(":", "").lower(),
        "not_before": lines["notBefore"].replace(" ", "T"),
        "not_after": lines["notAfter"].replace(" ", "T"),
        "key_type": {"rsaEncryption": "RSA", "id-ecPublicKey": "EC"}[algorithm],
        "key_bits": int(re.search(r"Public-Key: \((\d+) bit\)", long_text).group(1)),
        "signature_algorithm": re.search(r"Signature Algorithm: (\S+)", long_text).group(1),
        "sans": [san.replace("IP Address:", "IP:") for san in sans.group(1).split(", ")] if sans else [],
    }
