"""What the interop and end-to-end tests share: child processes, real servers, certificates, the program under test."""
