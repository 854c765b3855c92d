#!/bin/sh
# Certificates for the TLS between Temporal and everything that connects to it.
#
#   sudo deploy/certificates/make.sh                     makes what is missing or expires soon
#   sudo deploy/certificates/make.sh --client billing    ... and a certificate for one more client
#   sudo deploy/certificates/make.sh --renew             ... and all certificates again
#   deploy/certificates/make.sh --check                  prints the dates; exit 1 if one is due
#
# Safe to repeat. docs/deploy.md explains it. Environment variables:
#   CERTIFICATES_DIR   where they are written; secrets/certificates of the project by default
#   UI_DOMAIN          the name under which browsers reach the Temporal UI; the present one, or
#                      localhost, by default
set -eu
umask 077

directory=${CERTIFICATES_DIR:-$(dirname "$0")/../../secrets/certificates}

# Two authorities: a certificate of a client is worth nothing between the parts of the server.
authority_days=3650
certificate_days=365
renewal_days=60

# The uid that each container runs as, and that owns its key.
owner_of() {
    case $1 in
        temporal | temporal-ui) echo 1000 ;;
        ui-login) echo 0 ;;
        *) echo 10001 ;;
    esac
}

main() {
    renew=false check=false clients=
    while [ $# -gt 0 ]; do
        case $1 in
            --renew) renew=true ;;
            --check) check=true ;;
            --client)
                shift
                clients="$clients $(valid_name "${1:-}")"
                ;;
            *) fail "unknown argument $1; see the head of $0" ;;
        esac
        shift
    done
    command -v openssl >/dev/null || fail "openssl is missing"
    if $check; then
        report
        return
    fi

    mkdir -p "$directory"
    scratch=$(mktemp -d "$directory/.making.XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    authority cluster
    authority clients
    # The parts of the server are clients of each other, too.
    certificate temporal cluster serverAuth,clientAuth "DNS:temporal,DNS:localhost,IP:127.0.0.1"
    trusted temporal clients clients-ca.crt
    certificate ui-login cluster serverAuth "$(names_of_ui)"
    for client in temporal-ui setup worker api $clients $(further_clients); do
        certificate "$client" clients clientAuth "DNS:$client"
    done
    if [ "$(id -u)" -ne 0 ]; then
        echo "Not run as root: all keys are yours, and the containers cannot read them." >&2
    fi
}

fail() {
    echo "$1" >&2
    exit 2
}

# A name that is a file name and a DNS label, and not that of a folder with another purpose.
valid_name() {
    case $1 in
        '' | -* | *[!a-z0-9-]*) fail "'$1' is not a name of a client; use a-z, 0-9 and -" ;;
        authorities | temporal | ui-login) fail "$1 is not a client" ;;
    esac
    echo "$1"
}

# Clients that --client added before.
further_clients() {
    for path in "$directory"/*/tls.crt; do
        [ -e "$path" ] || continue
        name=$(basename "$(dirname "$path")")
        case $name in
            temporal | ui-login | temporal-ui | setup | worker | api) ;;
            *) case " $clients " in *" $name "*) ;; *) echo "$name" ;; esac ;;
        esac
    done
}

new_key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null
}

expires_soon() {
    ! openssl x509 -in "$1" -noout -checkend $((renewal_days * 86400)) >/dev/null
}

names_of_ui() {
    if [ -n "${UI_DOMAIN:-}" ]; then
        echo "DNS:$UI_DOMAIN"
    elif [ -e "$directory/ui-login/tls.crt" ]; then
        names_in "$directory/ui-login/tls.crt"
    else
        echo "DNS:localhost"
    fi
}

names_in() {
    openssl x509 -in "$1" -noout -ext subjectAltName | sed -n '2s/IP Address/IP/;2s/[ ]//gp'
}

# authority NAME: a self-signed certificate that signs others and nothing else.
authority() {
    home=$directory/authorities
    mkdir -p "$home"
    if [ -e "$home/$1.key" ] && [ -e "$home/$1.crt" ]; then
        return
    fi
    if [ -e "$home/$1.crt" ]; then
        fail "$home/$1.key is missing: put it back, or delete $home/$1.crt as well for a new authority"
    fi
    new_key "$scratch/key"
    openssl req -x509 -new -key "$scratch/key" -days $authority_days -sha256 \
        -subj "/O=Durable Desk/CN=$1 authority" \
        -addext "keyUsage=critical,keyCertSign" -out "$scratch/crt"
    put "$scratch/key" "$home/$1.key" 600 0
    put "$scratch/crt" "$home/$1.crt" 644 0
    echo "made the authority of $1"
}

# certificate PARTY AUTHORITY USAGE NAMES: a key and a certificate for a container, and the
# authority that it trusts.
certificate() {
    home=$directory/$1 owner=$(owner_of "$1")
    mkdir -p "$home"
    give "$home" 700 "$owner"
    trusted "$1" cluster ca.crt
    if ! $renew && is_current "$home" "$2" "$4"; then
        give "$home/tls.key" 600 "$owner"
        return
    fi
    new_key "$scratch/key"
    openssl req -new -key "$scratch/key" -subj "/O=Durable Desk/CN=$1" -out "$scratch/csr"
    cat >"$scratch/extensions" <<END
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = $3
subjectAltName = $4
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
    openssl x509 -req -in "$scratch/csr" -days $certificate_days -sha256 \
        -CA "$directory/authorities/$2.crt" -CAkey "$directory/authorities/$2.key" \
        -set_serial "0x$(openssl rand -hex 16)" -extfile "$scratch/extensions" \
        -out "$scratch/crt" 2>/dev/null
    put "$scratch/key" "$home/tls.key" 600 "$owner"
    put "$scratch/crt" "$home/tls.crt" 644 "$owner"
    echo "made a certificate for $1"
}

# is_current FOLDER AUTHORITY NAMES: whether its certificate is of this authority and for these
# names, belongs to its key, and does not expire soon.
is_current() {
    [ -e "$1/tls.key" ] && [ -e "$1/tls.crt" ] || return 1
    ! expires_soon "$1/tls.crt" || return 1
    openssl verify -CAfile "$directory/authorities/$2.crt" "$1/tls.crt" >/dev/null 2>&1 || return 1
    [ "$(openssl x509 -in "$1/tls.crt" -noout -pubkey)" = "$(openssl pkey -in "$1/tls.key" -pubout)" ] ||
        return 1
    [ "$(names_in "$1/tls.crt")" = "$3" ]
}

# trusted PARTY AUTHORITY FILE: the certificate of an authority for a container.
trusted() {
    cmp -s "$directory/authorities/$2.crt" "$directory/$1/$3" && return
    cp "$directory/authorities/$2.crt" "$scratch/crt"
    put "$scratch/crt" "$directory/$1/$3" 644 "$(owner_of "$1")"
}

# put FROM TO MODE OWNER: replaces a file in one step, so that nobody reads half of it.
put() {
    give "$1" "$3" "$4"
    mv -f "$1" "$2"
}

give() {
    chmod "$2" "$1"
    if [ "$(id -u)" -eq 0 ]; then chown "$3" "$1"; fi
}

report() {
    due=0
    for path in "$directory"/authorities/*.crt "$directory"/*/tls.crt; do
        [ -e "$path" ] || fail "no certificates in $directory"
        note=
        if expires_soon "$path"; then
            note=" (due for renewal)" due=1
        fi
        echo "$path: $(openssl x509 -in "$path" -noout -enddate | cut -d= -f2)$note"
    done
    return $due
}

main "$@"
