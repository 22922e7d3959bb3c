"""nmap's RDP scripts: the independent second opinion on names, clock and accepted protocols."""

import datetime
import re
import subprocess
import xml.etree.ElementTree as xml

from harness.process import tool


def _run(address, script):
    """The script's element in nmap's XML, or None when it had nothing to say. The scripts only fire on port 3389."""
    done = subprocess.run([tool("nmap"), "-n", "-Pn", "-sT", "-p", "3389", "--script", script, "-oX", "-", address],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=True)
    return xml.fromstring(done.stdout).find(f".//script[@id='{script}']")


def ntlm_info(address):
    """rdp-ntlm-info: NetBIOS_Computer_Name, DNS_Computer_Name, Product_Version, System_Time ... ; {} without an answer."""
    element = _run(address, "rdp-ntlm-info")
    return {} if element is None else {one.get("key"): one.text for one in element.findall("elem")}


def system_time(info):
    return datetime.datetime.fromisoformat(info["System_Time"])


def enum_encryption(address):
    """rdp-enum-encryption: what it calls SUCCESS, its level, and its ciphers; None where the script itself breaks."""
    element = _run(address, "rdp-enum-encryption")
    if element is None or "ERROR" in element.get("output"):
        return None
    output = element.get("output")
    level = re.search(r"RDP Encryption level: (.+)", output)
    layers, _, rest = output.partition("RDP Encryption level")
    return {
        "layers": set(re.findall(r"^\s+(.+): SUCCESS", layers, re.M)),
        "level": level.group(1).strip() if level else None,
        "ciphers": set(re.findall(r"^\s+(.+): SUCCESS", rest, re.M)),
    }
