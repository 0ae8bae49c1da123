require ["enotify","variables"];
if header :matches "from" "*" { notify "mailto:${1}"; }
