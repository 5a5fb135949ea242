import { expect } from 'chai';
import { isSecretName } from '../../src/policy/secret-words.js';

const secrets = `
  password passwd pwd passphrase passcode user_password password_hash passwordHash passwordhash encrypted_password crypted_password password_digest password_salt
  user_pw_hash hashed_pw pass user_pass smtp_pass db_pass pin user_pin pin_hash card_pin old_password last_password_hash resetPasswordToken reset_password_token
  api_key apiKey APIKey API_KEY apikey stripe_api_key api_key_hash api_secret access_key secret_access_key aws_secret_access_key private_key privateKey PrivateKeyPem
  private_key_pem private_ssh_key rsa_private_key signing_key encryption_key encryption_key_base64 master_key webhook_key webhook_secret session_key ssh_key host_key license_key
  token tokens access_token accessToken accesstoken refresh_token refreshToken email_token emailToken emailtoken id_token google_id_token csrf_token remember_token
  confirmation_token unlock_token device_token state_token oauth2_token OAuthToken auth_token authentication_token bearer bearer_token jwt jwt_token tokenHash token_digest
  secret client_secret clientSecret clientsecret twoFactorSecret two_factor_secret otp otp_secret otp_seed totp totp_seed time_based_otp_secret recovery_seed 2fa_secret
  twofa_secret mfa mfa_secret mfa_code hotp_secret otpauth_url otpauth_uri recovery_code recovery_codes backup_codes scratch_codes verification_code reset_code
  salt password_salts user_salt credential credentials aws_credentials credentials_json creds cvv cvc cvv2 card_cvc seed_phrase mnemonic security_answer
  magic_link remember_digest session_cookie secret_key_base keytab auth_data connection_string Kennwort contraseña dbPassword DB_PASSWORD x509_private_key
  pass_word passWord priv_key privkey rsa_private one_time_code oneTimeCode onetime_pin bcrypt bcrypt_hash argon2_hash scrypt_hash user_activation_key activationkey
  password_pepper code_verifier oauth_verifier pin_number licence_key key_material seed_words seedphrase cert_key client_certificate_key reset_key resetkey
  subscription_key recoverycodes verificationcode securityanswer mot_de_passe basic_auth push_auth authentication_string connection_uri database_url redis_url
  cookie cookies bind_pw bindpw tokenhash
`;

const harmless = `
  passenger_count passenger_name passport_number compass bypass passage passing_grade boarding_pass pass_rate keyboard keynote keyword keywords monkey hockey turkey
  keystone key keys primary_key foreign_key sort_key cache_key partition_key storage_key translation_key idempotency_key public_key publicKey public_key_pem ssh_public_key
  public_signing_key token_count tokenCount tokens_used token_type token_expires_at token_url tokenizer tokenized_text max_tokens access_token_expires_at accesstokenexpiresat
  refresh_token_expiry password_changed_at passwordChangedAt passwordchangedat password_expires password_length has_password is_secret requires_password password_count
  secret_name secret_type secretary secretary_name secretariat otp_enabled otp_type mfa_enabled mfa_method two_factor_enabled api_key_id access_key_id api_key_name
  api_key_count api_key_prefix api_key_last_used_at api_version access_level private_note signing_date credential_id credential_type salted_caramel salty basalt hashtag
  hash_algorithm content_hash commit_hash file_digest hash digest seed seed_count seedling country_code zip_code error_code codename code pinned pinterest spinner opinion
  author authors authority session_id session_count encryption_algorithm key_signature public_token publishable_key pwd_changed_at passwordless description title webhook_url
  expires_at connection_count security_question_count passed password_policy password_strength
  cvv_check cvc_result tokens_per_minute totp_period otp_digits bcrypt_rounds bcrypt_cost mfa_enforced key_account_contact milestone_time_code time_code cookie_name cookie_consent
  connection_type database_name image_url material key_colour auth_provider basic_authority words word_count private_note rsa_key_length pepper_count
`;

function list(text: string): readonly string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

describe('the secrets rule', () => {
  it('withholds what sounds like a secret', () => {
    expect(list(secrets).filter((name) => !isSecretName(name))).to.deep.equal([]);
    expect(list(secrets).length).to.be.greaterThan(40);
  });

  it('lets look-alikes go', () => {
    expect(list(harmless).filter((name) => isSecretName(name))).to.deep.equal([]);
    expect(list(harmless).length).to.be.greaterThan(20);
  });

  it('takes a bare hash beside a salt for one of a password', () => {
    expect(isSecretName('hash', ['id', 'hash', 'salt'])).to.equal(true);
    expect(isSecretName('hash', ['id', 'hash', 'author'])).to.equal(false);
  });
});
