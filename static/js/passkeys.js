// Passkeys: asks the browser for one and sends what it answers with the form it belongs to.
// A form says with data-passkey whether one is made ("create"), used ("get"), or used to sign in
// ("login"); it stays hidden where the browser knows no passkeys.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

const withBytes = (list) => list?.map((item) => ({ ...item, id: bytes(item.id) }));

function plain(credential) {
  const response = {};
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function make(form, { publicKey }) {
  const alone = form.elements.passwordless?.checked ?? false;
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: alone ? 'required' : 'discouraged',
        requireResidentKey: alone,
        ...(alone && { userVerification: 'required' }),
      },
    },
  });
}

async function use({ publicKey }) {
  return navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials),
    },
  });
}

async function askedFor(form) {
  if (form.dataset.passkey === 'login') {
    const answer = await fetch(form.action, {
      headers: { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
    });
    return use((await answer.json()).request_options);
  }
  const data = JSON.parse(document.getElementById('passkey-data').textContent);
  return form.dataset.passkey === 'create' ? make(form, data.creation_options) : use(data.request_options);
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll('[data-passkey]')) {
    const failed = form.querySelector('[role="alert"]');
    const button = form.querySelector('button');
    form.hidden = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      failed.hidden = true;
      button.disabled = true;
      try {
        form.elements.credential.value = JSON.stringify(plain(await askedFor(form)));
        form.submit();
      } catch {
        failed.hidden = false;
        button.disabled = false;
      }
    });
  }
}
